import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import { Sheet } from "../ui/sheet.tsx";

interface SheetFormProps {
  readonly title: string;
  readonly hint?: string;
  readonly action: string;
  /** It cannot be taken back. */
  readonly isDanger?: boolean;
  readonly isBusy: boolean;
  readonly problem: string | undefined;
  /** Before the button that sends it. */
  readonly others?: ReactNode;
  readonly onSend: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A sheet with a few fields and one button. Why it was refused is read out, and in sight. */
export function SheetForm({
  title,
  hint,
  action,
  isBusy,
  problem,
  onSend,
  onClose,
  children,
  ...rest
}: SheetFormProps) {
  const refusal = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (problem !== undefined) refusal.current?.scrollIntoView({ block: "nearest" });
  }, [problem]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy) onSend();
  };
  return (
    <Sheet title={title} onClose={onClose}>
      <form className="sheet-form" noValidate onSubmit={submit}>
        {hint && <p className="quiet">{hint}</p>}
        {children}
        {problem !== undefined && (
          <p className="problem" role="alert" ref={refusal}>
            {problem}
          </p>
        )}
        <div className="row end">
          {rest.others}
          <button type="submit" className={rest.isDanger ? "button danger" : "button primary"} aria-disabled={isBusy}>
            {action}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
