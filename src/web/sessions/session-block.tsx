import { languageOf } from "../locale/formats.ts";
import { useSessionWords } from "../locale/sessions/index.ts";
import { linkToSessions } from "../shell/use-place.ts";
import type { Placed } from "./day-layout.ts";
import { useSessionFormats } from "./session-formats.ts";
import { StandingMark, WithWhom } from "./session-line.tsx";
import { standingOf } from "./standing.ts";
import type { PlannedBox } from "./week-grid.tsx";

interface SessionBlockProps {
  readonly userId: number;
  readonly box: Placed<PlannedBox>;
}

const HOUR_MINUTES = 60;

/** A session where it stands in the week: in the cell of the hour it begins in, and over those below. */
export function SessionBlock({ userId, box }: SessionBlockProps) {
  const words = useSessionWords();
  const formats = useSessionFormats();
  const { item, top, height, column, columns } = box;
  const { planned, startsAt, endsAt } = item;
  const standing = standingOf(planned, userId);
  const title = planned.title ?? words.untitled;
  const inHours = (minutes: number) => `calc(var(--hour) * ${minutes / HOUR_MINUTES})`;
  return (
    <a
      className="session-block"
      data-standing={standing}
      data-low={height < HOUR_MINUTES || undefined}
      href={linkToSessions(planned.id)}
      style={{
        top: inHours(top % HOUR_MINUTES),
        height: `calc(${inHours(height)} - 2px)`,
        insetInlineStart: `${(column / columns) * 100}%`,
        width: `calc(${100 / columns}% - 3px)`,
      }}
    >
      <bdi className="session-block-title" lang={languageOf(title)}>
        {title}
      </bdi>
      <span className="session-block-time">{formats.timesOf(startsAt, endsAt)}</span>
      <span className="session-block-people">
        <WithWhom planned={planned} userId={userId} />
      </span>
      <StandingMark standing={standing} />
    </a>
  );
}
