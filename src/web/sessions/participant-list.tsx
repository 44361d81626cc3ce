import { useId } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { useSessionWords } from "../locale/sessions/index.ts";
import { Avatar } from "../ui/avatar.tsx";
import { expected, isOver } from "./standing.ts";
import { useLength } from "./use-length.ts";

interface ParticipantListProps {
  readonly planned: SessionAnswer;
  readonly userId: number;
}

export function ParticipantList({ planned, userId }: ParticipantListProps) {
  const { details, after } = useSessionWords();
  const lengthOf = useLength();
  const id = useId();
  return (
    <section className="card-section" aria-labelledby={id}>
      <h2 id={id}>{details.people}</h2>
      <ul className="people">
        {expected(planned).map((one) => (
          <li key={one.userId} className="person">
            <Avatar name={one.name} id={one.userId} imageUrl={one.imageUrl} />
            <div className="person-text">
              <p>
                <bdi className="person-name">{one.name}</bdi>
                {one.userId === userId && <span className="tag">{details.you}</span>}
                {one.role === "HOST" && <span className="tag accent">{details.host}</span>}
              </p>
              {one.participationTime > 0 && <p className="quiet">{after.inCall(lengthOf(one.participationTime))}</p>}
            </div>
            {isOver(planned) && one.attendance !== null ? (
              <span className="invitation-mark" data-invitation={one.attendance}>
                {after.attendance[one.attendance]}
              </span>
            ) : (
              <span className="invitation-mark" data-invitation={one.invitation}>
                {details.invitations[one.invitation]}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
