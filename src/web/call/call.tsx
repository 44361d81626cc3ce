import { useCallback, useEffect, useMemo, useState } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { StudyMateError } from "../../client/index.ts";
import { useCallWords } from "../locale/call/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { loadSession } from "../sessions/session-calls.ts";
import { isOver, opensAt, ownPart } from "../sessions/standing.ts";
import { useFresh } from "../sessions/use-fresh.ts";
import { usePreference } from "../shell/preferences.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { goToSessions, linkToSessions } from "../shell/use-place.ts";
import { CallView } from "./call-view.tsx";
import { Lobby } from "./lobby.tsx";
import { chosenRelay } from "./relay-choice.ts";
import { Summary } from "./summary.tsx";
import { type OpenCall, useNow, useOpenCall, useTold } from "./use-call.ts";
import "../styles/fields.css";
import "../styles/account.css";
import "../styles/notifications.css";
import "../styles/sessions.css";
import "../styles/call.css";

interface CallProps {
  readonly session: Session;
  readonly sessionId: number;
}

const EVERY_MS = 30_000;

/** The call of a learning session, in place of everything else: lobby, call, and what is left of it. */
export default function Call({ session, sessionId }: CallProps) {
  const { client } = session;
  const { text } = useLocale();
  const words = useCallWords();
  const load = useCallback(() => loadSession(client, sessionId), [client, sessionId]);
  const { value: planned, problem, reload } = useFresh(session, load, EVERY_MS);
  if (planned !== undefined) {
    return (
      <div className="call-page">
        <Planned session={session} planned={planned} reload={() => void reload()} />
      </div>
    );
  }
  const code = problem instanceof StudyMateError ? problem.code : undefined;
  const isUnknown = code === "not_found" || code === "forbidden";
  return (
    <main className="call-alone">
      <h1>{words.untitled}</h1>
      {problem === undefined ? (
        <p role="status">{text.loading}</p>
      ) : (
        <>
          <p role="alert">{isUnknown ? words.notFound : refusalText(problem, text)}</p>
          <button type="button" className="button" onClick={() => void reload()}>
            {text.tryAgain}
          </button>
        </>
      )}
      <a className="button" href={linkToSessions()}>
        {words.toCalendar}
      </a>
    </main>
  );
}

interface PlannedProps {
  readonly session: Session;
  readonly planned: SessionAnswer;
  readonly reload: () => void;
}

function Planned({ session, planned, reload }: PlannedProps) {
  const words = useCallWords();
  const { formats } = useLocale();
  const now = useNow(1_000);
  const relay = usePreference(chosenRelay);
  const isIn = ownPart(planned, session.userId)?.invitation === "CONFIRMED";
  const [wasOpen, setWasOpen] = useState(false);
  // What is over goes on to be shown as the call has told it, with what is still to be saved.
  const isOpen = isIn && now >= opensAt(planned) && (wasOpen || !isOver(planned));
  const open = useOpenCall(session.client, planned.id, { isOpen, relayOnly: relay === "only" });
  const isThere = open !== undefined;
  useEffect(() => {
    if (isThere) setWasOpen(true);
  }, [isThere]);
  if (open !== undefined) return <Running session={session} planned={planned} open={open} reload={reload} />;
  if (isOver(planned)) return <Summary session={session} planned={planned} open={undefined} reload={reload} />;
  const doorOpens = words.lobby.opensAt(formats.timeOf(new Date(opensAt(planned)).toISOString()));
  const why = isIn ? doorOpens : words.lobby.notConfirmed;
  return <Waiting planned={planned} said={isOpen ? words.lobby.connecting : why} />;
}

interface RunningProps extends PlannedProps {
  readonly open: OpenCall;
}

function Running({ session, planned, open, reload }: RunningProps) {
  const words = useCallWords();
  const { live, call } = open;
  const { connection, end } = useTold(live);
  const { state } = useTold(call);
  const [problem, setProblem] = useState<string>();
  const over = useMemo(() => (end === null ? undefined : ended(planned, end)), [planned, end]);
  // It was over before this page had heard of it.
  const isGone = end === null && (connection.reason === "gone" || connection.reason === "not_found");
  useEffect(() => {
    if (isGone) reload();
  }, [isGone, reload]);
  if (over !== undefined || isOver(planned)) {
    // A rating that one gave is the server's to tell.
    return (
      <Summary session={session} planned={isOver(planned) ? planned : (over ?? planned)} open={open} reload={reload} />
    );
  }
  if (connection.state === "denied") {
    const isElsewhere = connection.reason === "superseded";
    const isRemoved = connection.reason === "removed" || connection.reason === "forbidden";
    const takeOver = { words: words.takeOver, run: () => live.reconnect() };
    const said = isElsewhere ? words.superseded : isRemoved ? words.removed : words.notFound;
    return <Waiting planned={planned} said={said} action={isElsewhere ? takeOver : undefined} />;
  }
  // Who goes away leaves: see what is open while it is shown.
  const leave = () => goToSessions(planned.id);
  if (state === "in" || state === "reconnecting") return <CallView open={open} planned={planned} onLeave={leave} />;
  const join = async () => {
    setProblem(undefined);
    await call.join().catch(() => setProblem(words.joinRefused));
  };
  return (
    <main className="call-alone">
      <Lobby open={open} planned={planned} problem={problem} onJoin={join} />
      <a className="button" href={linkToSessions(planned.id)}>
        {words.back}
      </a>
    </main>
  );
}

/** As it was told when it ended; a rating comes from the server. */
function ended(
  planned: SessionAnswer,
  { summary, reason }: NonNullable<ReturnType<OpenCall["live"]["getSnapshot"]>["end"]>,
) {
  if (summary === null) return { ...planned, status: "CANCELLED" as const, endReason: reason };
  return { ...planned, ...summary.session, participants: summary.participants };
}

interface WaitingProps {
  readonly planned: SessionAnswer;
  readonly said: string;
  readonly action?: { readonly words: string; readonly run: () => void } | undefined;
}

function Waiting({ planned, said, action }: WaitingProps) {
  const words = useCallWords();
  return (
    <main className="call-alone">
      <h1>{planned.title ?? words.untitled}</h1>
      <p role="status">{said}</p>
      {action && (
        <button type="button" className="button primary" onClick={action.run}>
          {action.words}
        </button>
      )}
      <a className="button" href={linkToSessions(planned.id)}>
        {words.back}
      </a>
    </main>
  );
}
