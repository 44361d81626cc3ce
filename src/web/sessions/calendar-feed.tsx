import { Copy } from "lucide-react";
import { useRef, useState } from "react";
import { WordedField } from "../fields/field.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { Confirm } from "../ui/confirm.tsx";
import { makeFeed, revokeFeed } from "./session-calls.ts";
import { useAttempt } from "./use-attempt.ts";
import "../styles/session-details.css";

/** One's sessions in a calendar of one's own: by a secret address, which is shown once. */
export default function CalendarFeed({ session }: { readonly session: Session }) {
  const { feed: words } = useSessionWords();
  const { client } = session;
  const [url, setUrl] = useState<string>();
  const [said, setSaid] = useState<string>();
  const [isLeaving, setIsLeaving] = useState(false);
  const { isBusy, problem, attempt } = useAttempt();
  const field = useRef<HTMLInputElement>(null);
  const make = () =>
    attempt(async () => {
      setUrl((await makeFeed(client)).url);
      setSaid(words.shownOnce);
    });
  const revoke = () =>
    attempt(async () => {
      await revokeFeed(client);
      setUrl(undefined);
      setSaid(words.revoked);
    });
  const copy = async (address: string) => {
    field.current?.select();
    await navigator.clipboard.writeText(address);
    setSaid(words.copied);
  };
  return (
    <>
      <h1>{words.title}</h1>
      <section className="card-section" aria-label={words.title}>
        <p>{words.what}</p>
        <p className="quiet">{words.secret}</p>
        {url !== undefined && (
          <WordedField label={words.address} problem={undefined}>
            {(control) => (
              <div className="feed-address">
                <input {...control} ref={field} type="text" readOnly value={url} />
                <button type="button" className="button" onClick={() => void copy(url).catch(() => {})}>
                  <Copy aria-hidden="true" size={16} /> {words.copy}
                </button>
              </div>
            )}
          </WordedField>
        )}
        <p role="status" className="said">
          {said}
        </p>
        {problem !== undefined && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div className="row">
          <button
            type="button"
            className={url === undefined ? "button primary" : "button"}
            aria-disabled={isBusy}
            onClick={() => isBusy || void make()}
          >
            {url === undefined ? words.make : words.another}
          </button>
          <button type="button" className="button danger-quiet" onClick={() => setIsLeaving(true)}>
            {words.revoke}
          </button>
        </div>
        <p className="field-hint">{words.anotherHint}</p>
      </section>
      {isLeaving && (
        <Confirm
          question={words.confirm}
          hint={words.confirmHint}
          action={words.revoke}
          onConfirm={() => void revoke()}
          onClose={() => setIsLeaving(false)}
        />
      )}
    </>
  );
}
