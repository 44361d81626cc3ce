import { Dialog, DialogDescription, DialogDismiss, DialogHeading, type DialogProps } from "@ariakit/react";
import { useLocale } from "../locale/locale.tsx";

interface ConfirmProps extends Pick<DialogProps, "finalFocus"> {
  readonly question: string;
  readonly hint: string;
  /** What the button says that does it. */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. The way out has the focus. */
export function Confirm({ question, hint, action, onConfirm, onClose, ...rest }: ConfirmProps) {
  const { text } = useLocale();
  return (
    <Dialog
      open
      onClose={onClose}
      role="alertdialog"
      className="sheet middle small"
      backdrop={<div className="backdrop" />}
      {...rest}
    >
      <DialogHeading className="sheet-title">{question}</DialogHeading>
      <DialogDescription className="quiet">{hint}</DialogDescription>
      <div className="row end">
        <DialogDismiss className="button">{text.cancel}</DialogDismiss>
        <button
          type="button"
          className="button danger"
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
