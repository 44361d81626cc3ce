import { CalendarClock, CalendarDays, CalendarX, Pencil, UserPlus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { useSessionWords } from "../locale/sessions/index.ts";
import { saveFile } from "../media/save-file.ts";
import type { Session } from "../session/session.ts";
import { loadCalendarFile } from "./session-calls.ts";
import { useAttempt } from "./use-attempt.ts";

const Sheets = lazy(() => import("./host-sheets.tsx"));

interface HostActionsProps {
  readonly session: Session;
  readonly planned: SessionAnswer;
  readonly zone: string;
  readonly isHost: boolean;
  readonly onDone: (said: string) => void;
}

export type HostSheet = "reschedule" | "edit" | "invite" | "cancel";

/** A file for one's own calendar; and for the host what changes the session. */
export function HostActions({ session, planned, zone, isHost, onDone }: HostActionsProps) {
  const { details } = useSessionWords();
  const { client } = session;
  const { isBusy, problem, attempt } = useAttempt();
  const [open, setOpen] = useState<HostSheet>();
  const isPlanned = planned.status === "SCHEDULED";
  const saveCalendar = async () => saveFile(await loadCalendarFile(client, planned.id), `studymate-${planned.id}.ics`);
  const opens = (sheet: HostSheet) => () => setOpen(sheet);
  return (
    <>
      <div className="details-actions">
        {planned.status !== "CANCELLED" && (
          <button type="button" className="button" aria-disabled={isBusy} onClick={() => void attempt(saveCalendar)}>
            <CalendarDays aria-hidden="true" size={16} /> {details.file}
          </button>
        )}
        {isHost && isPlanned && (
          <>
            <button type="button" className="button" onClick={opens("reschedule")}>
              <CalendarClock aria-hidden="true" size={16} /> {details.reschedule}
            </button>
            <button type="button" className="button" onClick={opens("edit")}>
              <Pencil aria-hidden="true" size={16} /> {details.edit}
            </button>
            <button type="button" className="button" onClick={opens("invite")}>
              <UserPlus aria-hidden="true" size={16} /> {details.invite}
            </button>
            <button type="button" className="button danger-quiet" onClick={opens("cancel")}>
              <CalendarX aria-hidden="true" size={16} /> {details.cancel}
            </button>
          </>
        )}
      </div>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {open !== undefined && (
        <Suspense>
          <Sheets
            {...{ session, planned, zone, open }}
            onClose={(said) => {
              setOpen(undefined);
              if (said !== undefined) onDone(said);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
