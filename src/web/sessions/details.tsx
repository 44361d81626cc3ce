import { useCallback, useEffect, useRef, useState } from "react";
import { StudyMateError } from "../../client/index.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { goToSessions } from "../shell/use-place.ts";
import { After } from "./after.tsx";
import { AnswerBox } from "./answer-box.tsx";
import { type Day, wallClockOf } from "./clock.ts";
import { HostActions } from "./host-actions.tsx";
import { PaneHeader } from "./pane-header.tsx";
import { ParticipantList } from "./participant-list.tsx";
import { loadSession } from "./session-calls.ts";
import { StandingMark, WithWhom } from "./session-line.tsx";
import { isOver, ownPart, standingOf } from "./standing.ts";
import { TimeAndLanguages } from "./time-and-languages.tsx";
import { useFresh } from "./use-fresh.ts";
import { useNow } from "./use-now.ts";
import "../styles/session-details.css";

interface DetailsProps {
  readonly session: Session;
  readonly id: number;
  readonly zone: string;
  /** The day it is on: the calendar is to show it. */
  readonly onDay: (day: Day) => void;
}

const EVERY_MS = 8_000;

/** One session: when, with whom, what one can do about it; and afterwards how it went. */
export function Details({ session, id, zone, onDay }: DetailsProps) {
  const { text } = useLocale();
  const words = useSessionWords();
  const { client, userId } = session;
  const now = useNow();
  const load = useCallback(() => loadSession(client, id), [client, id]);
  const { value: planned, problem, reload } = useFresh(session, load, EVERY_MS);
  const start = planned?.scheduledStartTime;
  useEffect(() => {
    if (start !== undefined) onDay(wallClockOf(Date.parse(start), zone).day);
  }, [start, zone, onDay]);
  const [said, setSaid] = useState<string>();
  const status = useRef<HTMLParagraphElement>(null);
  /** The button that was pressed may be gone: what came of it is read out, and has the focus. */
  const say = useCallback((done: string) => {
    setSaid(done);
    status.current?.focus();
  }, []);
  const title = planned?.title ?? words.untitled;
  return (
    <main className="sessions">
      <PaneHeader
        title={planned === undefined ? words.title : title}
        back={words.details.back}
        onBack={() => goToSessions()}
      />
      <div className="account-scroll">
        <div className="account-part">
          <p role="status" className="said" ref={status} tabIndex={-1}>
            {said}
          </p>
          {planned === undefined && problem === undefined && <p className="quiet">{text.loading}</p>}
          {problem !== undefined && (
            <div role="alert" className="load-problem">
              <p>{isUnknown(problem) ? words.details.notFound : refusalText(problem, text)}</p>
              <button type="button" className="button" onClick={() => void reload()}>
                {text.tryAgain}
              </button>
            </div>
          )}
          {planned !== undefined && (
            <>
              <section className="card-section" aria-label={words.details.when}>
                <div className="details-head">
                  <StandingMark standing={standingOf(planned, userId)} />
                  <span className="quiet">
                    {words.types[planned.sessionType]}, <WithWhom planned={planned} userId={userId} />
                  </span>
                </div>
                <TimeAndLanguages planned={planned} zone={zone} now={now} />
                {planned.description !== null && planned.description !== "" && (
                  <p className="details-description" lang={languageOf(planned.description)}>
                    {planned.description}
                  </p>
                )}
                {!isOver(planned) && <AnswerBox session={session} planned={planned} now={now} onDone={say} />}
              </section>
              {isOver(planned) && <After session={session} planned={planned} onDone={say} />}
              <ParticipantList planned={planned} userId={userId} />
              <HostActions
                session={session}
                planned={planned}
                zone={zone}
                isHost={ownPart(planned, userId)?.role === "HOST"}
                onDone={say}
              />
            </>
          )}
        </div>
      </div>
    </main>
  );
}

function isUnknown(problem: unknown): boolean {
  return problem instanceof StudyMateError && ["not_found", "forbidden", "gone"].includes(problem.code);
}
