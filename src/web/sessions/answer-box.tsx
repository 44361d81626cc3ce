import { LogIn } from "lucide-react";
import { useState } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { linkToCall } from "../shell/use-place.ts";
import { type Answer, type Answered, answerAll } from "./answers.ts";
import { useSessionFormats } from "./session-formats.ts";
import { canJoin, expected, opensAt, ownPart, waitlistPlace } from "./standing.ts";
import { useAttempt } from "./use-attempt.ts";
import { useConflict } from "./use-conflict.ts";

interface AnswerBoxProps {
  readonly session: Session;
  readonly planned: SessionAnswer;
  readonly now: number;
  readonly onDone: (said: string) => void;
}

/** What one has said to the invitation, and can say; and the way in, once the door is open. */
export function AnswerBox({ session, planned, now, onDone }: AnswerBoxProps) {
  const { answer: words, details } = useSessionWords();
  const formats = useSessionFormats();
  const { userId } = session;
  const [isForAll, setIsForAll] = useState(false);
  const { isBusy, problem, attempt } = useAttempt();
  const explain = useConflict(session);
  const own = ownPart(planned, userId);
  if (own === undefined) return null;
  const say = async (answer: Answer) => {
    let answered: Answered = { invitation: undefined, refused: [] };
    const isDone = await attempt(
      async () => {
        answered = await answerAll(session, planned, { answer, isForAll });
        const [first] = answered.refused;
        if (first !== undefined) throw first.error;
      },
      async (error) => {
        const why = await explain(error, answered.refused.map(timeOf));
        return isForAll && why !== undefined ? `${why} ${words.othersDone}` : why;
      },
    );
    if (isDone) onDone(answered.invitation === "WAITLISTED" ? words.isWaiting : words.said[answer]);
  };
  const button = (answer: Answer, label: string, look = "button") => (
    <button type="button" className={look} aria-disabled={isBusy} onClick={() => isBusy || void say(answer)}>
      {label}
    </button>
  );
  const host = expected(planned).find(({ role }) => role === "HOST")?.name ?? "";
  const isHost = own.role === "HOST";
  const place = waitlistPlace(planned, userId);
  return (
    <div className="answer-box" data-invitation={own.invitation}>
      {own.invitation === "INVITED" && (
        <>
          <p className="answer-question">{words.asks(host)}</p>
          {planned.seriesId !== null && (
            <label className="session-check">
              <input
                type="checkbox"
                checked={isForAll}
                onChange={(event) => setIsForAll(event.currentTarget.checked)}
              />
              {words.forAll}
            </label>
          )}
          <div className="row">
            {button("confirm", words.confirm, "button primary")}
            {button("decline", words.decline)}
          </div>
        </>
      )}
      {own.invitation === "WAITLISTED" && (
        <>
          {place !== undefined && <p className="answer-question">{words.place(place)}</p>}
          <p className="quiet">{words.placeHint}</p>
          <div className="row">{button("decline", words.giveUp)}</div>
        </>
      )}
      {own.invitation === "DECLINED" && (
        <>
          <p className="answer-question">{words.isOut}</p>
          <div className="row">{button("confirm", words.comeAfterAll)}</div>
        </>
      )}
      {own.invitation === "CONFIRMED" && (
        <>
          {canJoin(planned, userId, now) ? (
            <a className="button primary join-button" href={linkToCall(planned.id)}>
              <LogIn aria-hidden="true" size={18} /> {details.join}
            </a>
          ) : (
            <p className="quiet">{details.opensAt(formats.timeOf(opensAt(planned)))}</p>
          )}
          {!isHost && (
            <div className="row between">
              <p>{words.isIn}</p>
              {button("decline", words.decline)}
            </div>
          )}
        </>
      )}
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function timeOf({ planned }: Answered["refused"][number]) {
  return { from: Date.parse(planned.scheduledStartTime), to: Date.parse(planned.scheduledEndTime) };
}
