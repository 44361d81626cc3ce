import { type ReactNode, useId } from "react";
import { useProfileWords } from "../locale/profile/index.ts";
import type { ProblemKind } from "./problems.ts";

/** What the control of a field is given, so that everything said of it is read out with it. */
export interface ControlProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problem: ProblemKind | undefined;
  readonly isOptional?: boolean;
  readonly children: (control: ControlProps) => ReactNode;
}

/** A control with its label, what is to be said of it, and what is wrong with it. */
export function Field({ problem, ...rest }: FieldProps) {
  const { problems } = useProfileWords();
  return <WordedField {...rest} problem={problem && problems[problem]} />;
}

/** As `Field`, with what is wrong in words. */
export function WordedField(props: Omit<FieldProps, "problem"> & { readonly problem: string | undefined }) {
  const { label, hint, problem, isOptional = false, children } = props;
  const words = useProfileWords();
  const id = useId();
  const [hintId, problemId] = [`${id}-hint`, `${id}-problem`];
  const described = [hint && hintId, problem && problemId].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {isOptional && <span className="field-optional"> ({words.optional})</span>}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": problem !== undefined })}
      {hint && (
        <p className="field-hint" id={hintId}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p className="field-problem" id={problemId}>
          {problem}
        </p>
      )}
    </div>
  );
}

export function Problem({ id, problem }: { readonly id: string; readonly problem: ProblemKind | undefined }) {
  const words = useProfileWords();
  if (problem === undefined) return null;
  return (
    <p className="field-problem" id={id}>
      {words.problems[problem]}
    </p>
  );
}
