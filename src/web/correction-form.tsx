import { useState } from "preact/hooks";
import { FormField } from "./form-field.tsx";
import { InlineForm } from "./inline-form.tsx";
import { text } from "./text.ts";

interface CorrectionFormProps {
  readonly content: string;
  readonly onSave: (corrected: string, note: string | undefined) => void;
  readonly onCancel: () => void;
}

export function CorrectionForm({ content, onSave, onCancel }: CorrectionFormProps) {
  const [corrected, setCorrected] = useState(content);
  const [note, setNote] = useState("");
  const save = () => {
    if (corrected.trim() === "" || corrected === content) return onCancel();
    onSave(corrected, note.trim() === "" ? undefined : note.trim());
  };
  const keys = { onEnter: save, onEscape: onCancel };
  return (
    <InlineForm action={text.propose} onSave={save} onCancel={onCancel}>
      <FormField label={text.corrected} value={corrected} onChange={setCorrected} {...keys} hasFocus />
      <FormField label={text.note} value={note} onChange={setNote} {...keys} />
    </InlineForm>
  );
}
