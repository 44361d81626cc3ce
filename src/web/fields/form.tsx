import { type ReactNode, useEffect, useRef } from "react";
import { useLocale } from "../locale/locale.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { hasProblems } from "./problems.ts";
import type { Saving } from "./use-saving.ts";

interface FormProps {
  readonly saving: Saving;
  /** What the button says that sends it. */
  readonly action: string;
  readonly onSubmit: () => void;
  /** Other ways on, before that button. */
  readonly others?: ReactNode;
  /** In place of why it was refused in general. */
  readonly refusal?: string | undefined;
  readonly children: ReactNode;
}

/** Fields with one button. What is wrong gets the focus, the first of it. */
export function Form({ saving, action, onSubmit, others, refusal, children }: FormProps) {
  const { text } = useLocale();
  const words = useProfileWords();
  const form = useRef<HTMLFormElement>(null);
  const { problems, isBusy, isSaved } = saving;
  useEffect(() => {
    if (hasProblems(problems)) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems]);
  const why = hasProblems(problems) ? words.someNotTaken : refusalText(saving.refusal, text);
  return (
    <form
      className="form"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onSubmit();
      }}
    >
      {children}
      {saving.refusal !== undefined && (
        <p className="problem" role="alert">
          {refusal ?? why}
        </p>
      )}
      <div className="form-end">
        <p role="status" className="quiet">
          {isBusy ? words.saving : isSaved && words.saved}
        </p>
        {others}
        <button type="submit" className="button primary" aria-disabled={isBusy}>
          {action}
        </button>
      </div>
    </form>
  );
}
