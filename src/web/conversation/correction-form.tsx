import { useState } from "react";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import { useLocale } from "../locale/locale.tsx";
import { FormField } from "../ui/form-field.tsx";
import { InlineForm } from "../ui/inline-form.tsx";

interface CorrectionFormProps {
  /** What was written, or what you proposed before. */
  readonly corrected: string;
  readonly note: string;
  readonly original: string;
  readonly onSave: (corrected: string, note: string | undefined) => void;
  readonly onCancel: () => void;
}

export function CorrectionForm({ corrected, note, original, onSave, onCancel }: CorrectionFormProps) {
  const { text } = useLocale();
  const [wording, setWording] = useState(corrected);
  const [reason, setReason] = useState(note);
  const save = () => {
    if (wording.trim() === "" || wording === original) return onCancel();
    onSave(wording, reason.trim() === "" ? undefined : reason.trim());
  };
  const keys = { onEnter: save, onEscape: onCancel };
  return (
    <InlineForm action={text.propose} onSave={save} onCancel={onCancel}>
      <FormField
        label={text.corrected}
        value={wording}
        onChange={setWording}
        maxLength={LIMITS.contentCharacters}
        {...keys}
        hasFocus
      />
      <FormField label={text.note} value={reason} onChange={setReason} maxLength={LIMITS.noteCharacters} {...keys} />
    </InlineForm>
  );
}
