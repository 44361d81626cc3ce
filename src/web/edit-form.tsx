import { useState } from "preact/hooks";
import { FormField } from "./form-field.tsx";
import { InlineForm } from "./inline-form.tsx";
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
    <InlineForm action={text.save} onSave={save} onCancel={onCancel}>
      <FormField label={text.edit} value={draft} onChange={setDraft} onEnter={save} onEscape={onCancel} hasFocus />
    </InlineForm>
  );
}
