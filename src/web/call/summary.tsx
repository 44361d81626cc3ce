import { useRef, useState } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { useCallWords } from "../locale/call/index.ts";
import type { Session } from "../session/session.ts";
import { After } from "../sessions/after.tsx";
import { linkToSessions } from "../shell/use-place.ts";
import { focusOnArrival } from "./focus.ts";
import { RecordingLine } from "./recording.tsx";
import type { OpenCall } from "./use-call.ts";
import { useRecording } from "./use-recording.ts";

interface SummaryProps {
  readonly session: Session;
  readonly planned: SessionAnswer;
  /** A recording may still be on its way. */
  readonly open: OpenCall | undefined;
  readonly reload: () => void;
}

/** What is left of a call: how it went, and how it was for oneself. */
export function Summary({ session, planned, open, reload }: SummaryProps) {
  const words = useCallWords();
  const [said, setSaid] = useState<string>();
  const status = useRef<HTMLParagraphElement>(null);
  return (
    <main className="call-over">
      <div className="account-part">
        <h1 tabIndex={-1} ref={focusOnArrival}>
          {planned.title ?? words.untitled}
        </h1>
        {open && <SavingLine open={open} />}
        <p role="status" className="spoken" ref={status} tabIndex={-1}>
          {said}
        </p>
        <After
          session={session}
          planned={planned}
          onDone={(done) => {
            setSaid(done);
            // The button that was pressed is gone.
            status.current?.focus();
            reload();
          }}
        />
        <div className="row">
          <a className="button" href={linkToSessions(planned.id)}>
            {words.back}
          </a>
        </div>
      </div>
    </main>
  );
}

function SavingLine({ open }: { readonly open: OpenCall }) {
  return <RecordingLine open={open} view={useRecording(open)} />;
}
