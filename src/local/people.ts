/** The six people of the demo: who the seed signs in as, and whom the page offers to be. Plain data, safe in a browser. */

export interface DemoPerson {
  /** Names the person in URLs (`/?as=minji`) and in the dialogues. */
  readonly key: DemoKey;
  readonly email: string;
  readonly englishName: string;
  readonly koreanName: string;
  readonly birthDate: string;
  /** The language they speak best, and help the others with. */
  readonly teaches: "ko" | "en";
}

export type DemoKey = "minji" | "junho" | "seoyeon" | "emily" | "daniel" | "sofia";

export const DEMO_PEOPLE: readonly DemoPerson[] = [
  {
    key: "minji",
    email: "minji@demo.studymate.example",
    englishName: "Minji Kim",
    koreanName: "김민지",
    birthDate: "1999-03-14",
    teaches: "ko",
  },
  {
    key: "junho",
    email: "junho@demo.studymate.example",
    englishName: "Junho Lee",
    koreanName: "이준호",
    birthDate: "1995-11-02",
    teaches: "ko",
  },
  {
    key: "seoyeon",
    email: "seoyeon@demo.studymate.example",
    englishName: "Seoyeon Park",
    koreanName: "박서연",
    birthDate: "2001-07-25",
    teaches: "ko",
  },
  {
    key: "emily",
    email: "emily@demo.studymate.example",
    englishName: "Emily Carter",
    koreanName: "에밀리 카터",
    birthDate: "1998-05-09",
    teaches: "en",
  },
  {
    key: "daniel",
    email: "daniel@demo.studymate.example",
    englishName: "Daniel Brooks",
    koreanName: "대니얼 브룩스",
    birthDate: "1993-09-30",
    teaches: "en",
  },
  {
    key: "sofia",
    email: "sofia@demo.studymate.example",
    englishName: "Sofia Alvarez",
    koreanName: "소피아 알바레스",
    birthDate: "2000-01-18",
    teaches: "en",
  },
];
