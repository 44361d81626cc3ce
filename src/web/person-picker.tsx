import { DEMO_PEOPLE } from "../local/people.ts";
import { Avatar } from "./avatar.tsx";
import { text } from "./text.ts";

export function PersonPicker() {
  return (
    <main class="centered">
      <h1>StudyMate</h1>
      <h2>{text.chooseWho}</h2>
      <p class="quiet">{text.chooseHint}</p>
      <ul class="cards">
        {DEMO_PEOPLE.map(({ key, koreanName, englishName, teaches }, at) => (
          <li key={key}>
            <a class="card" href={`?as=${key}`}>
              <Avatar name={englishName} id={at + 1} />
              <span>
                <strong>{teaches === "ko" ? koreanName : englishName}</strong>{" "}
                <span class="quiet">{teaches === "ko" ? englishName : koreanName}</span>
                <br />
                <small class="quiet">{text.teaches[teaches]}</small>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </main>
  );
}
