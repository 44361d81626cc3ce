import { useState } from "preact/hooks";
import { FormField } from "./form-field.tsx";
import { text } from "./text.ts";

interface EditFormProps {
  readonly content: string;
  readonly onSave: (content: string) => void;
  readonly onCancel: () => void;
}

export function EditForm({ content, onSave, onCancel }: EditFormProps) {
  const [draft, setDraft] = useState(content);
  const save = () => (draft.trim() === "" || draft === content ? onCancel() : onSave(draft));
  return (
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <FormField label={text.edit} value={draft} onChange={setDraft} onEnter={save} onEscape={onCancel} hasFocus />
      <div class="row end">
        <button type="button" onClick={onCancel}>
          {text.cancel}
        </button>
        <button type="submit" class="primary">
          {text.save}
        </button>
      </div>
    </form>
  );
}
