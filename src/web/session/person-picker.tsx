import { DEMO_PEOPLE } from "../../local/people.ts";
import { useLocale } from "../locale/locale.tsx";
import { Settings } from "../shell/settings.tsx";
import { Avatar } from "../ui/avatar.tsx";

export function PersonPicker() {
  const { text, language } = useLocale();
  return (
    <main className="welcome">
      <header>
        <p className="brand">StudyMate</p>
        <Settings />
      </header>
      <h1>{text.chooseWho}</h1>
      <p className="quiet">{text.chooseHint}</p>
      <ul className="cards">
        {DEMO_PEOPLE.map(({ key, koreanName, englishName, teaches }, at) => {
          const [first, second] = language === "ko" ? [koreanName, englishName] : [englishName, koreanName];
          return (
            <li key={key}>
              <a className="card" href={`?as=${key}`}>
                <Avatar name={first} id={at + 1} />
                <span>
                  <strong>{first}</strong> <span className="quiet">{second}</span>
                  <small className="quiet">{text.teaches[teaches]}</small>
                </span>
              </a>
            </li>
          );
        })}
      </ul>
    </main>
  );
}
