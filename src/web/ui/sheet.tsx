import { Dialog, DialogDismiss, DialogHeading, type DialogProps } from "@ariakit/react";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useLocale } from "../locale/locale.tsx";

interface SheetProps extends Pick<DialogProps, "finalFocus"> {
  readonly title: string;
  readonly onClose: () => void;
  /** `side`: the whole height of the window, at its edge. */
  readonly shape?: "middle" | "side";
  readonly children: ReactNode;
}

/** A dialog with a heading and a way out. It is open while it is rendered, holds the focus, and gives it back. */
export function Sheet({ title, onClose, shape = "middle", children, ...rest }: SheetProps) {
  const { text } = useLocale();
  return (
    <Dialog open onClose={onClose} className={`sheet ${shape}`} backdrop={<div className="backdrop" />} {...rest}>
      <header className="sheet-header">
        <DialogHeading className="sheet-title">{title}</DialogHeading>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          <X aria-hidden="true" size={18} />
        </DialogDismiss>
      </header>
      {children}
    </Dialog>
  );
}
