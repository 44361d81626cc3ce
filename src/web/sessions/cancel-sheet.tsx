import { DialogDismiss } from "@ariakit/react";
import { useId, useState } from "react";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { HostSheetProps } from "./host-sheets.tsx";
import { cancelSession } from "./session-calls.ts";
import { SheetForm } from "./sheet-form.tsx";
import { useAttempt } from "./use-attempt.ts";

const SCOPES = ["THIS", "FOLLOWING"] as const;

/** Of a series, this one alone or those after it too. */
export function CancelSheet({ session, planned, onClose }: HostSheetProps) {
  const { cancel: words } = useSessionWords();
  const [scope, setScope] = useState<(typeof SCOPES)[number]>("THIS");
  const { isBusy, problem, attempt } = useAttempt();
  const name = useId();
  const send = async () => {
    if (await attempt(() => cancelSession(session.client, planned.id, scope))) onClose(words.done);
  };
  return (
    <SheetForm
      title={words.title}
      hint={words.hint}
      action={words.send}
      isDanger
      {...{ isBusy, problem }}
      others={<DialogDismiss className="button">{words.keep}</DialogDismiss>}
      onSend={() => void send()}
      onClose={() => onClose()}
    >
      {planned.seriesId !== null && (
        <fieldset className="choices">
          <legend>{words.scope}</legend>
          {SCOPES.map((one) => (
            <label key={one} className="choice">
              <input type="radio" name={name} checked={scope === one} onChange={() => setScope(one)} />
              <span>{one === "THIS" ? words.this : words.following}</span>
            </label>
          ))}
        </fieldset>
      )}
    </SheetForm>
  );
}
