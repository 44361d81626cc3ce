/** Interests: a curated list, which the page shows in two languages, and free tags beside it. One spelling for each. */

/** By tag: what the list calls it in Korean. In English it is the tag. */
export const CURATED_INTERESTS: Readonly<Record<string, string>> = {
  animals: "동물",
  anime: "애니메이션",
  art: "미술",
  "board games": "보드게임",
  books: "책",
  business: "비즈니스",
  cooking: "요리",
  culture: "문화",
  cycling: "자전거",
  dance: "춤",
  drama: "드라마",
  fashion: "패션",
  food: "음식",
  football: "축구",
  gaming: "게임",
  gardening: "정원 가꾸기",
  health: "건강",
  hiking: "등산",
  history: "역사",
  "k-pop": "케이팝",
  languages: "언어",
  literature: "문학",
  movies: "영화",
  music: "음악",
  news: "뉴스",
  photography: "사진",
  politics: "정치",
  programming: "프로그래밍",
  running: "달리기",
  science: "과학",
  sports: "스포츠",
  studying: "공부",
  swimming: "수영",
  technology: "기술",
  travel: "여행",
  volunteering: "봉사",
  writing: "글쓰기",
  yoga: "요가",
};

const BY_KOREAN_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(CURATED_INTERESTS).map(([tag, korean]) => [korean, tag]),
);

/** What shows nothing, or turns the direction of writing. Not the joiners: emoji and Persian need them. */
const UNSEEN = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** ` K-Pop ` → `k-pop`, `여행` → `travel`; a free tag only loses its capitals, its needless spaces and what nobody sees. */
export function normalizeInterest(text: string): string {
  const tag = text.replace(UNSEEN, "").normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase().normalize("NFC");
  return BY_KOREAN_NAME.get(tag) ?? tag;
}
