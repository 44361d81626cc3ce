import type { ReactNode } from "react";
import { useLocale } from "../locale/locale.tsx";

interface InlineFormProps {
  /** What the button says that saves. */
  readonly action: string;
  readonly onSave: () => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/** A form in the place of a message: its fields, then cancel and save. */
export function InlineForm({ action, onSave, onCancel, children }: InlineFormProps) {
  const { text } = useLocale();
  return (
    <form
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      {children}
      <div className="row end">
        <button type="button" className="button" onClick={onCancel}>
          {text.cancel}
        </button>
        <button type="submit" className="button primary">
          {action}
        </button>
      </div>
    </form>
  );
}
