import { Languages } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { languageName } from "../fields/choices.ts";
import { clock } from "../files/file-size.ts";
import { useCallWords } from "../locale/call/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { useCallAttempt } from "./attempts.tsx";
import { nameOf, otherLanguage, timeUntil } from "./call-rules.ts";
import { type OpenCall, useNow, useTold } from "./use-call.ts";

/** Whose turn it is, for how long, and the way to the other one's. */
export function LanguageBanner({ live }: Pick<OpenCall, "live">) {
  const words = useCallWords();
  const { language: ofPage, formats } = useLocale();
  const snapshot = useTold(live);
  const { language, nextSwitchAt, endsAt, clockSkewMs, languageRequestedBy: askers, you, peers } = snapshot;
  const now = useNow(1_000);
  const other = otherLanguage(snapshot);
  const attempt = useCallAttempt();
  const said = useSwitchWords(language);
  if (language === null) return null;
  const hasAsked = you !== null && askers.includes(you.userId);
  const others = askers.filter((userId) => userId !== you?.userId).map((userId) => nameOf(peers, userId));
  const inTime = (iso: string) => clock(timeUntil(iso, { now, clockSkewMs }));
  const otherName = other === undefined ? "" : languageName(other, ofPage);
  return (
    <section className="language-banner" aria-label={words.language.speak(languageName(language, ofPage))}>
      <p className="language-now">
        <Languages aria-hidden="true" size={18} />
        <strong>{words.language.speak(languageName(language, ofPage))}</strong>
        {other !== undefined && nextSwitchAt !== null && (
          <span className="quiet" role="timer">
            {words.language.switchIn(otherName, inTime(nextSwitchAt))}
          </span>
        )}
      </p>
      {other !== undefined && (
        <div className="row">
          {others.length > 0 && !hasAsked && (
            <span>{words.language.othersAsk(formats.listNames(others), otherName)}</span>
          )}
          {hasAsked ? (
            <span className="quiet">{words.language.asked}</span>
          ) : (
            <button
              type="button"
              className={others.length > 0 ? "button primary" : "button"}
              onClick={() => attempt(live.requestLanguageSwitch())}
            >
              {others.length > 0 ? words.language.agree : words.language.ask(otherName)}
            </button>
          )}
        </div>
      )}
      {endsAt !== null && (
        <span className="quiet ends" role="timer">
          {words.language.endsIn(inTime(endsAt))}
        </span>
      )}
      <p role="status" className="spoken">
        {said}
      </p>
    </section>
  );
}

/** Said once, when it is another one's turn. */
function useSwitchWords(language: string | null): string | undefined {
  const words = useCallWords();
  const { language: ofPage } = useLocale();
  const last = useRef(language);
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (last.current !== null && language !== null && last.current !== language) {
      setSaid(words.language.switched(languageName(language, ofPage)));
    }
    last.current = language;
  }, [language, words, ofPage]);
  return said;
}
