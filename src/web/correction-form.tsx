import { useState } from "preact/hooks";
import { FormField } from "./form-field.tsx";
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
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <FormField label={text.corrected} value={corrected} onChange={setCorrected} {...keys} hasFocus />
      <FormField label={text.note} value={note} onChange={setNote} {...keys} />
      <div class="row end">
        <button type="button" onClick={onCancel}>
          {text.cancel}
        </button>
        <button type="submit" class="primary">
          {text.propose}
        </button>
      </div>
    </form>
  );
}
