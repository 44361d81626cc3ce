import { useLayoutEffect, useRef } from "preact/hooks";
import { isFinalEnter } from "./enter-key.ts";

interface FormFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter: () => void;
  readonly onEscape: () => void;
  /** Takes the focus when it appears, with the cursor at the end. */
  readonly hasFocus?: boolean;
}

export function FormField({ label, value, onChange, onEnter, onEscape, hasFocus = false }: FormFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  // Before anybody can type: the cursor must not jump afterwards.
  useLayoutEffect(() => {
    if (!hasFocus) return;
    field.current?.focus();
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [hasFocus]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onEscape();
    if (!isFinalEnter(event)) return;
    event.preventDefault();
    onEnter();
  };
  return (
    <label class="stacked">
      {label}
      <textarea
        ref={field}
        rows={1}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
    </label>
  );
}
