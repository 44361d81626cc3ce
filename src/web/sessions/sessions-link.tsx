import { CalendarDays } from "lucide-react";
import { useCallback } from "react";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { linkToSessions } from "../shell/use-place.ts";
import { loadSessions } from "./session-calls.ts";
import { standingOf } from "./standing.ts";
import { useFresh } from "./use-fresh.ts";

const EVERY_MS = 120_000;

/** The way to one's learning sessions: which one is next, and how many invitations wait. */
export function SessionsLink({ session, isCurrent }: { readonly session: Session; readonly isCurrent: boolean }) {
  const { text, formats } = useLocale();
  const { client, userId } = session;
  const load = useCallback(() => loadSessions(client, { from: Date.now() }), [client]);
  const { value = [] } = useFresh(session, load, EVERY_MS);
  const asked = value.filter((one) => standingOf(one, userId) === "asked").length;
  const next = value.find((one) => ["coming", "running"].includes(standingOf(one, userId)));
  return (
    <a className="sessions-link" href={linkToSessions()} aria-current={isCurrent ? "page" : undefined}>
      <CalendarDays aria-hidden="true" size={20} />
      <span className="sessions-link-words">
        {text.sessions}
        {next && (
          <small className="quiet">
            <time dateTime={next.scheduledStartTime}>{formats.momentOf(next.scheduledStartTime)}</time>
          </small>
        )}
      </span>
      {asked > 0 && (
        <span className="badge">
          <span aria-hidden="true">{asked}</span>
          <span className="spoken">{text.waitingInvitations(asked)}</span>
        </span>
      )}
    </a>
  );
}
