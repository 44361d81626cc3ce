import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import type { Session } from "../session/session.ts";
import { CancelSheet } from "./cancel-sheet.tsx";
import { EditSheet } from "./edit-sheet.tsx";
import type { HostSheet } from "./host-actions.tsx";
import { InviteSheet } from "./invite-sheet.tsx";
import { RescheduleSheet } from "./reschedule-sheet.tsx";
import "../styles/session-form.css";

export interface HostSheetProps {
  readonly session: Session;
  readonly planned: SessionAnswer;
  readonly zone: string;
  /** With what is said of it, where something was done. */
  readonly onClose: (said?: string) => void;
}

/** What the host can do, each in a sheet of its own. */
export default function HostSheets({ open, ...props }: HostSheetProps & { readonly open: HostSheet }) {
  if (open === "reschedule") return <RescheduleSheet {...props} />;
  if (open === "edit") return <EditSheet {...props} />;
  if (open === "invite") return <InviteSheet {...props} />;
  return <CancelSheet {...props} />;
}
