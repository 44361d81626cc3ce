import { useState } from "react";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import { useLocale } from "../locale/locale.tsx";
import { FormField } from "../ui/form-field.tsx";
import { InlineForm } from "../ui/inline-form.tsx";

interface EditFormProps {
  readonly content: string;
  readonly onSave: (content: string) => void;
  readonly onCancel: () => void;
}

export function EditForm({ content, onSave, onCancel }: EditFormProps) {
  const { text } = useLocale();
  const [draft, setDraft] = useState(content);
  const save = () => (draft.trim() === "" || draft === content ? onCancel() : onSave(draft));
  return (
    <InlineForm action={text.save} onSave={save} onCancel={onCancel}>
      <FormField
        label={text.edit}
        value={draft}
        onChange={setDraft}
        maxLength={LIMITS.contentCharacters}
        onEnter={save}
        onEscape={onCancel}
        hasFocus
      />
    </InlineForm>
  );
}
