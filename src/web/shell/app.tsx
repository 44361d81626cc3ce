import { useCallback, useEffect, useState } from "react";
import { useLocale } from "../locale/locale.tsx";
import { MediaProvider } from "../media/use-media.tsx";
import { PersonPicker } from "../session/person-picker.tsx";
import { demoPerson, openSession, type Session } from "../session/session.ts";
import { useTheme } from "./theme.ts";
import { usePlace } from "./use-place.ts";
import { Workspace } from "./workspace.tsx";

export function App() {
  useTheme();
  const { text } = useLocale();
  const place = usePlace();
  const person = demoPerson(place.as);
  const [session, setSession] = useState<Session>();
  const [hasFailed, setHasFailed] = useState(false);

  const start = useCallback(() => {
    setHasFailed(false);
    if (person !== undefined) openSession(person).then(setSession, () => setHasFailed(true));
  }, [person]);
  useEffect(start, [start]);

  if (person === undefined) return <PersonPicker />;
  if (session !== undefined) {
    return (
      <MediaProvider client={session.client}>
        <Workspace session={session} place={place} />
      </MediaProvider>
    );
  }
  return (
    <main className="centered">
      <p role="status">{hasFailed ? text.signInFailed : text.signingIn}</p>
      {hasFailed && (
        <button type="button" className="button primary" onClick={start}>
          {text.tryAgain}
        </button>
      )}
    </main>
  );
}
