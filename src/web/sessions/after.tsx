import { useId } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { RatingForm } from "./rating-form.tsx";
import { Recordings } from "./recordings.tsx";
import { canRate, ownPart } from "./standing.ts";
import { TalkBars } from "./talk-bars.tsx";
import { useLength } from "./use-length.ts";
import "../styles/session-details.css";

interface AfterProps {
  readonly session: Session;
  readonly planned: SessionAnswer;
  readonly onDone: (said: string) => void;
}

/** How it went: whether it took place, who talked how long, what one thinks of it, and what was recorded. */
export function After({ session, planned, onDone }: AfterProps) {
  const words = useSessionWords();
  const lengthOf = useLength();
  const id = useId();
  const { actualStartTime, actualEndTime, endReason, ownRating } = planned;
  const took = [actualStartTime, actualEndTime].map((time) => (time === null ? Number.NaN : Date.parse(time)));
  const [start = Number.NaN, end = Number.NaN] = took;
  const wasThere = ownPart(planned, session.userId)?.attendance === "ATTENDED";
  return (
    <>
      <section className="card-section" aria-labelledby={id}>
        <h2 id={id}>{planned.status === "CANCELLED" ? words.standings.cancelled : words.after.title}</h2>
        {endReason !== null && <p>{words.after.reasons[endReason]}</p>}
        {planned.status === "COMPLETED" && end > start && (
          <p>{words.after.lasted(lengthOf(Math.round((end - start) / 1_000)))}</p>
        )}
        {planned.status === "COMPLETED" && <TalkBars planned={planned} />}
        {ownRating !== null && (
          <p>
            {words.rating.yours(ownRating.rating)} {ownRating.feedback !== null && <q>{ownRating.feedback}</q>}
          </p>
        )}
      </section>
      {canRate(planned, session.userId) && <RatingForm session={session} planned={planned} onDone={onDone} />}
      {planned.status === "COMPLETED" && wasThere && <Recordings session={session} planned={planned} />}
    </>
  );
}
