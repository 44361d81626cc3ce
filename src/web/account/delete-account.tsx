import { useId, useState } from "react";
import { Field } from "../fields/field.tsx";
import { useAccountWords } from "../locale/account/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { Sheet } from "../ui/sheet.tsx";

/** The end of one's account: what goes and what stays, in plain words, and a phrase to type. */
export function DeleteAccount({ session }: { readonly session: Session }) {
  const { deletion: words } = useAccountWords();
  const titleId = useId();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <section className="card-section" aria-labelledby={titleId}>
      <h2 id={titleId}>{words.title}</h2>
      <p className="quiet">{words.hint}</p>
      <div className="form-end">
        <button type="button" className="button danger-quiet" onClick={() => setIsAsking(true)}>
          {words.action}
        </button>
      </div>
      {isAsking && <DeletionDialog session={session} onClose={() => setIsAsking(false)} />}
    </section>
  );
}

function DeletionDialog({ session, onClose }: { readonly session: Session; readonly onClose: () => void }) {
  const { text } = useLocale();
  const { deletion: words } = useAccountWords();
  const [typed, setTyped] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const isConfirmed = typed.trim().toLowerCase() === words.phrase;

  const remove = async () => {
    if (!isConfirmed || isBusy) return;
    setIsBusy(true);
    setProblem(undefined);
    try {
      // 202 without a body.
      await session.client.respond({ method: "DELETE", path: "/v1/me" });
      session.signOut("deleted");
    } catch (error) {
      setProblem(refusalText(error, text));
      setIsBusy(false);
    }
  };
  return (
    <Sheet title={words.question} onClose={onClose}>
      <ul className="plain-words">
        <li>{words.gone}</li>
        <li>{words.stays}</li>
        <li>{words.reports}</li>
        <li>{words.exportFirst}</li>
      </ul>
      <p>
        <strong>{words.final}</strong>
      </p>
      <form
        className="sheet-form"
        onSubmit={(event) => {
          event.preventDefault();
          void remove();
        }}
      >
        <Field label={words.typePhrase(words.phrase)} problem={undefined}>
          {(control) => (
            <input
              {...control}
              type="text"
              autoComplete="off"
              autoCapitalize="none"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
        </Field>
        {problem !== undefined && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {text.cancel}
          </button>
          <button type="submit" className="button danger" disabled={!isConfirmed}>
            {isBusy ? words.running : words.confirm}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
