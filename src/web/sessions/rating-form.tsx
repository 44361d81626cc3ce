import { Star } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { SESSION_LIMITS } from "../../../schema/session-limits.ts";
import { WordedField } from "../fields/field.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { rateSession } from "./session-calls.ts";
import { useAttempt } from "./use-attempt.ts";

interface RatingFormProps {
  readonly session: Session;
  readonly planned: SessionAnswer;
  readonly onDone: (said: string) => void;
}

const STARS = [1, 2, 3, 4, 5];

export function RatingForm({ session, planned, onDone }: RatingFormProps) {
  const { rating: words } = useSessionWords();
  const id = useId();
  const [stars, setStars] = useState(0);
  const [feedback, setFeedback] = useState("");
  const [isEmpty, setIsEmpty] = useState(false);
  const { isBusy, problem, attempt } = useAttempt();
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setIsEmpty(stars === 0);
    if (isBusy || stars === 0) return;
    const own = { rating: stars, feedback: feedback.trim() || null };
    if (await attempt(() => rateSession(session.client, planned.id, own))) onDone(words.yours(stars));
  };
  return (
    <section className="card-section" aria-labelledby={id}>
      <h2 id={id}>{words.title}</h2>
      <form className="form" noValidate onSubmit={(event) => void send(event)}>
        <fieldset className="stars" aria-describedby={isEmpty ? `${id}-problem` : undefined}>
          <legend className="spoken">{words.title}</legend>
          {STARS.map((star) => (
            <label key={star} className="star" data-set={star <= stars || undefined}>
              <input
                type="radio"
                name={id}
                aria-label={words.stars(star)}
                checked={star === stars}
                onChange={() => {
                  setStars(star);
                  setIsEmpty(false);
                }}
              />
              <Star aria-hidden="true" size={30} />
            </label>
          ))}
        </fieldset>
        {isEmpty && (
          <p className="field-problem" id={`${id}-problem`}>
            {words.needed}
          </p>
        )}
        <WordedField label={words.feedback} problem={undefined} isOptional>
          {(control) => (
            <textarea
              {...control}
              rows={2}
              maxLength={SESSION_LIMITS.feedbackCharacters}
              value={feedback}
              onChange={(event) => setFeedback(event.currentTarget.value)}
            />
          )}
        </WordedField>
        {problem !== undefined && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div className="form-end">
          <p className="field-hint">{words.once}</p>
          <button type="submit" className="button primary" aria-disabled={isBusy}>
            {words.send}
          </button>
        </div>
      </form>
    </section>
  );
}
