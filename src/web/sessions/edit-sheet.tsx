import { useState } from "react";
import { useSessionWords } from "../locale/sessions/index.ts";
import { type TopicValues, topicToSend } from "./booking.ts";
import type { HostSheetProps } from "./host-sheets.tsx";
import { updateSession } from "./session-calls.ts";
import { SheetForm } from "./sheet-form.tsx";
import { LanguageFields, WordsFields } from "./topic-fields.tsx";
import { useAttempt } from "./use-attempt.ts";

const NONE = {};

export function EditSheet({ session, planned, onClose }: HostSheetProps) {
  const { edit: words } = useSessionWords();
  const { title, description, primaryLanguage, secondaryLanguage } = planned;
  const [values, setValues] = useState<TopicValues>({
    ...{ title: title ?? "", description: description ?? "" },
    ...{ primary: primaryLanguage, secondary: secondaryLanguage ?? "" },
  });
  const { isBusy, problem, attempt, clear } = useAttempt();
  const change = (next: Partial<TopicValues>) => {
    setValues((before) => ({ ...before, ...next }));
    clear();
  };
  const send = async () => {
    if (await attempt(() => updateSession(session.client, planned.id, topicToSend(values)))) onClose(words.done);
  };
  return (
    <SheetForm
      title={words.title}
      action={words.send}
      {...{ isBusy, problem }}
      onSend={() => void send()}
      onClose={() => onClose()}
    >
      <WordsFields values={values} problems={NONE} onChange={change} />
      <LanguageFields values={values} problems={NONE} onChange={change} />
    </SheetForm>
  );
}
