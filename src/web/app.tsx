import { useCallback, useEffect, useState } from "preact/hooks";
import { PersonPicker } from "./person-picker.tsx";
import { demoPerson, openSession, type Session } from "./session.ts";
import { text } from "./text.ts";
import { usePlace } from "./use-location.ts";
import { Workspace } from "./workspace.tsx";

export function App() {
  const { as, roomId } = usePlace();
  const person = demoPerson(as);
  const [session, setSession] = useState<Session>();
  const [hasFailed, setHasFailed] = useState(false);

  const start = useCallback(() => {
    setHasFailed(false);
    if (person !== undefined) openSession(person).then(setSession, () => setHasFailed(true));
  }, [person]);
  useEffect(start, [start]);

  if (person === undefined) return <PersonPicker />;
  if (session !== undefined) return <Workspace session={session} roomId={roomId} />;
  return (
    <main class="centered">
      <p role="status">{hasFailed ? text.signInFailed : text.signingIn}</p>
      {hasFailed && (
        <button type="button" class="primary" onClick={start}>
          {text.tryAgain}
        </button>
      )}
    </main>
  );
}
