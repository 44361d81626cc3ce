import { DEMO_PEOPLE } from "../../local/people.ts";
import { useLocale } from "../locale/locale.tsx";
import { Avatar } from "../ui/avatar.tsx";

/** The people of the demo: each is a link to the page as they see it. */
export function DemoPeople() {
  const { text, language } = useLocale();
  return (
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
  );
}
