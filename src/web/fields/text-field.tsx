import type { ComponentProps } from "react";
import { Field } from "./field.tsx";
import type { ProblemKind } from "./problems.ts";

interface TextFieldProps extends Pick<ComponentProps<"input">, "type" | "autoComplete" | "inputMode" | "min" | "max"> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly problem: ProblemKind | undefined;
  readonly hint?: string | undefined;
  readonly isOptional?: boolean;
  readonly isNeeded?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, problem, hint, isOptional = false, isNeeded = false, type = "text", ...rest } = props;
  return (
    <Field label={label} hint={hint} problem={problem} isOptional={isOptional}>
      {(control) => (
        <input
          {...control}
          {...rest}
          type={type}
          required={isNeeded}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
