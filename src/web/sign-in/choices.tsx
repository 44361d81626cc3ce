import { useCallback, useEffect, useState } from "react";
import type { ProviderName, SignInChoices } from "../../../schema/api/auth.ts";
import { useAccountWords } from "../locale/account/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { signInChoices } from "./auth-calls.ts";
import { DemoPeople } from "./demo-people.tsx";
import { ProviderMark } from "./provider-mark.tsx";

/** What this server offers: providers, and where it is open the demo. */
export function Choices({ onProvider }: { readonly onProvider: (provider: ProviderName) => void }) {
  const { text } = useLocale();
  const words = useAccountWords();
  const [choices, setChoices] = useState<SignInChoices | "failed">();
  const load = useCallback(() => {
    setChoices(undefined);
    signInChoices().then(setChoices, () => setChoices("failed"));
  }, []);
  useEffect(() => {
    load();
    addEventListener("online", load);
    return () => removeEventListener("online", load);
  }, [load]);

  if (choices === undefined) return <p role="status">{words.signIn.loading}</p>;
  if (choices === "failed") {
    return (
      <>
        <h1>{words.signIn.title}</h1>
        <p role="alert">{words.signIn.unreachable}</p>
        <p>
          <button type="button" className="button primary" onClick={load}>
            {words.tryAgain}
          </button>
        </p>
      </>
    );
  }
  const { items, devLogin } = choices;
  if (items.length === 0 && devLogin) {
    return (
      <>
        <h1>{text.chooseWho}</h1>
        <p className="quiet">{text.chooseHint}</p>
        <DemoPeople />
      </>
    );
  }
  return (
    <>
      <h1>{words.signIn.title}</h1>
      <p className="quiet">{items.length === 0 ? words.signIn.nothing : words.signIn.hint}</p>
      <ul className="providers">
        {items.map((provider) => (
          <li key={provider}>
            <button type="button" className={`button provider ${provider}`} onClick={() => onProvider(provider)}>
              <ProviderMark provider={provider} />
              {words.signIn.continueWith[provider]}
            </button>
          </li>
        ))}
      </ul>
      {devLogin && (
        <>
          <h2>{words.signIn.or}</h2>
          <p className="quiet">{text.chooseHint}</p>
          <DemoPeople />
        </>
      )}
    </>
  );
}
