import { useId } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { languageName } from "../fields/choices.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import { useLength } from "./use-length.ts";

/** Who talked how long in which language, beside each other. */
export function TalkBars({ planned }: { readonly planned: SessionAnswer }) {
  const { language } = useLocale();
  const { after } = useSessionWords();
  const lengthOf = useLength();
  const id = useId();
  const talks = planned.participants.flatMap(({ userId, name, talk }) => talk.map((one) => ({ userId, name, ...one })));
  const most = Math.max(1, ...talks.map(({ seconds }) => seconds));
  return (
    <>
      <h3 id={id}>{after.talk}</h3>
      {talks.length === 0 ? (
        <p className="quiet">{after.noTalk}</p>
      ) : (
        <ul className="talk-bars" aria-labelledby={id}>
          {talks.map(({ userId, name, language: code, seconds }) => (
            <li key={`${userId} ${code}`}>
              <span>{after.talked(name, languageName(code, language), lengthOf(seconds))}</span>
              <span
                className="talk-bar"
                data-second={code === planned.secondaryLanguage || undefined}
                style={{ width: `${(seconds / most) * 100}%` }}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
