import { useCallback, useState } from "react";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { type Day, wallClockOf } from "./clock.ts";
import { loadSessions } from "./session-calls.ts";
import { SessionLine } from "./session-line.tsx";
import { standingOf } from "./standing.ts";
import { useFresh } from "./use-fresh.ts";

const EVERY_MS = 120_000;
const MOST_SHOWN = 2;

interface InvitationsProps {
  readonly session: Session;
  /** Those of these days are in sight already. */
  readonly hides: readonly Day[];
  readonly zone: string;
}

/** Those that wait for an answer, in whichever week; nothing where there are none. */
export function Invitations({ session, hides, zone }: InvitationsProps) {
  const { week } = useSessionWords();
  const { client, userId } = session;
  const load = useCallback(() => loadSessions(client, { from: Date.now() }), [client]);
  const { value = [] } = useFresh(session, load, EVERY_MS);
  const asked = value.filter(
    (one) =>
      standingOf(one, userId) === "asked" && !hides.includes(wallClockOf(Date.parse(one.scheduledStartTime), zone).day),
  );
  const [isWhole, setIsWhole] = useState(false);
  if (asked.length === 0) return null;
  const shown = isWhole ? asked : asked.slice(0, MOST_SHOWN);
  return (
    <section className="asked" aria-label={week.asked(asked.length)}>
      <h3>{week.asked(asked.length)}</h3>
      <ul>
        {shown.map((one) => (
          <li key={one.id}>
            <SessionLine planned={one} userId={userId} hasDay />
          </li>
        ))}
      </ul>
      {shown.length < asked.length && (
        <button type="button" className="text-button" onClick={() => setIsWhole(true)}>
          {week.more(asked.length - shown.length)}
        </button>
      )}
    </section>
  );
}
