import { useCallback, useId, useState } from "react";
import type { SessionAnswer, SessionRecording } from "../../../schema/api/sessions.ts";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Recording } from "./recording.tsx";
import { deleteRecording, loadRecordings } from "./session-calls.ts";
import { useAttempt } from "./use-attempt.ts";
import { useFresh } from "./use-fresh.ts";

interface RecordingsProps {
  readonly session: Session;
  readonly planned: SessionAnswer;
}

const EVERY_MS = 60_000;

/** What was recorded, for those who were there; nothing where there is nothing. */
export function Recordings({ session, planned }: RecordingsProps) {
  const { recordings: words } = useSessionWords();
  const { client } = session;
  const id = useId();
  const load = useCallback(() => loadRecordings(client, planned.id), [client, planned.id]);
  const { value = [] } = useFresh(session, load, EVERY_MS);
  const [leaving, setLeaving] = useState<SessionRecording>();
  const { problem, attempt } = useAttempt();
  if (value.length === 0) return null;
  return (
    <section className="card-section" aria-labelledby={id}>
      <h2 id={id}>{words.title}</h2>
      <ul className="recordings">
        {value.map((recording) => (
          <Recording
            key={recording.id}
            client={client}
            recording={recording}
            by={planned.participants.find(({ userId }) => userId === recording.recordedByUserId)?.name}
            onDelete={() => setLeaving(recording)}
          />
        ))}
      </ul>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {leaving !== undefined && (
        <Confirm
          question={words.confirm}
          hint={words.confirmHint}
          action={words.action}
          onConfirm={() => void attempt(() => deleteRecording(client, leaving))}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </section>
  );
}
