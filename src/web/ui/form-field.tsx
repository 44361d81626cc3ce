import { useLayoutEffect, useRef } from "react";
import { isFinalEnter } from "./enter-key.ts";

interface FormFieldProps {
  readonly label: string;
  readonly value: string;
  readonly maxLength: number;
  readonly onChange: (value: string) => void;
  readonly onEnter: () => void;
  readonly onEscape: () => void;
  /** Takes the focus when it appears, with the cursor at the end. */
  readonly hasFocus?: boolean;
}

export function FormField({ label, value, maxLength, onChange, onEnter, onEscape, hasFocus = false }: FormFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  // Before anybody can type: the cursor must not jump afterwards.
  useLayoutEffect(() => {
    if (!hasFocus) return;
    field.current?.focus({ preventScroll: true });
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [hasFocus]);
  return (
    <label className="field">
      {label}
      <textarea
        ref={field}
        rows={1}
        value={value}
        maxLength={maxLength}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onEscape();
          if (!isFinalEnter(event.nativeEvent)) return;
          event.preventDefault();
          onEnter();
        }}
      />
    </label>
  );
}
