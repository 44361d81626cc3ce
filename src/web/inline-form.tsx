import type { ComponentChildren } from "preact";
import { text } from "./text.ts";

interface InlineFormProps {
  /** What the button says that saves. */
  readonly action: string;
  readonly onSave: () => void;
  readonly onCancel: () => void;
  readonly children: ComponentChildren;
}

/** A form in the place of a message: its fields, then cancel and save. */
export function InlineForm({ action, onSave, onCancel, children }: InlineFormProps) {
  return (
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      {children}
      <div class="row end">
        <button type="button" onClick={onCancel}>
          {text.cancel}
        </button>
        <button type="submit" class="primary">
          {action}
        </button>
      </div>
    </form>
  );
}
