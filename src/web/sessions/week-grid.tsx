import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { useSessionWords } from "../locale/sessions/index.ts";
import { type Day, momentOf, wallClockOf } from "./clock.ts";
import { type Placed, placed } from "./day-layout.ts";
import { SessionBlock } from "./session-block.tsx";
import { useSessionFormats } from "./session-formats.ts";
import "../styles/session-week.css";

export interface ShownWeek {
  readonly userId: number;
  readonly sessions: readonly SessionAnswer[];
  readonly days: readonly Day[];
  readonly zone: string;
  readonly now: number;
  readonly isLoaded: boolean;
}

interface WeekGridProps extends ShownWeek {
  readonly onPick: (slot: { readonly day: Day; readonly time: string }) => void;
}

interface Cell {
  readonly column: number;
  readonly hour: number;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const MORNING = 8;
/** What begins then is below what is seen from the morning on. */
const EVENING = 17;
const HOUR_MINUTES = 60;

/** Days beside each other, hours below each other. One cell has the focus, and arrows move it; sessions are links. */
export function WeekGrid({ userId, sessions, days, zone, now, isLoaded, onPick }: WeekGridProps) {
  const { week } = useSessionWords();
  const formats = useSessionFormats();
  const hintId = useId();
  const table = useRef<HTMLTableElement>(null);
  const clock = wallClockOf(now, zone);
  const today = days.indexOf(clock.day);
  const [cell, setCell] = useState<Cell>({ column: Math.max(today, 0), hour: MORNING });
  const columns = days.map((day) => placed(sessions.map(timed), day, zone));
  const firstHour = hourInSight(columns.flat().map(({ top }) => top));
  // For another week, and when its sessions are there: not under the eyes of who looks at it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the days make the week
  useEffect(() => {
    const [row, head] = [table.current?.tBodies[0]?.rows[firstHour], table.current?.tHead];
    // A little of the hour before, under the names of the days.
    const top = row && head ? row.offsetTop - head.offsetHeight - row.offsetHeight / 4 : 0;
    table.current?.closest(".week-scroll")?.scrollTo({ top });
  }, [days[0], isLoaded]);

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const next = moved(cell, event.key);
    if (next === undefined || !(event.target instanceof HTMLElement) || !event.target.matches(".slot")) return;
    event.preventDefault();
    setCell(next);
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.column}-${next.hour}"]`)?.focus();
  };
  return (
    <div className="week-scroll">
      <p className="spoken" id={hintId}>
        {week.hint}
      </p>
      <table
        className="week"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: one moves through its cells
        role="grid"
        aria-label={week.grid}
        aria-describedby={hintId}
        ref={table}
        {...{ onKeyDown }}
      >
        <thead>
          <tr>
            <th scope="col">
              <span className="spoken">{week.hour}</span>
            </th>
            {days.map((day, column) => (
              <th key={day} scope="col" aria-current={column === today ? "date" : undefined}>
                <span aria-hidden="true">
                  <span className="week-weekday">{formats.weekdayOf(day)}</span>
                  <span className="week-number">{formats.numberOf(day)}</span>
                </span>
                <span className="spoken">{formats.longDayOf(day)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {HOURS.map((hour) => (
            <tr key={hour}>
              <th scope="row">
                <span>{formats.hourOf(hour)}</span>
              </th>
              {days.map((day, column) => (
                <td key={day} data-today={column === today || undefined}>
                  <Slot
                    {...{ day, hour, zone, now, onPick }}
                    cell={`${column}-${hour}`}
                    isCurrent={cell.column === column && cell.hour === hour}
                    onFocus={() => setCell({ column, hour })}
                  />
                  {inHour(columns[column] ?? [], hour).map((box) => (
                    <SessionBlock key={box.item.planned.id} userId={userId} box={box} />
                  ))}
                  {column === today && Math.floor(clock.minutes / HOUR_MINUTES) === hour && (
                    <span
                      className="week-now"
                      style={{ top: `${((clock.minutes % HOUR_MINUTES) / HOUR_MINUTES) * 100}%` }}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface SlotProps extends Pick<WeekGridProps, "zone" | "now" | "onPick"> {
  readonly day: Day;
  readonly hour: number;
  readonly cell: string;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
}

/** An hour that a session can be planned at, unless it is over. */
function Slot({ day, hour, zone, now, cell, isCurrent, onFocus, onPick }: SlotProps) {
  const { week } = useSessionWords();
  const formats = useSessionFormats();
  const time = `${String(hour).padStart(2, "0")}:00`;
  const isPast = momentOf(day, time, zone) <= now;
  return (
    <button
      type="button"
      className="slot"
      data-cell={cell}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={week.bookAt(`${formats.longDayOf(day)}, ${formats.hourOf(hour)}`)}
      aria-disabled={isPast}
      onFocus={onFocus}
      onClick={() => isPast || onPick({ day, time })}
    />
  );
}

export interface PlannedBox {
  readonly planned: SessionAnswer;
  readonly startsAt: number;
  readonly endsAt: number;
}

function timed(planned: SessionAnswer): PlannedBox {
  return { planned, startsAt: Date.parse(planned.scheduledStartTime), endsAt: Date.parse(planned.scheduledEndTime) };
}

/** The morning, unless the first session of the week would be out of sight. */
function hourInSight(tops: readonly number[]): number {
  if (tops.length === 0) return MORNING;
  const first = Math.floor(Math.min(...tops) / HOUR_MINUTES);
  return first >= EVENING ? first - 1 : Math.min(first, MORNING);
}

function inHour(boxes: readonly Placed<PlannedBox>[], hour: number): readonly Placed<PlannedBox>[] {
  return boxes.filter(({ top }) => Math.floor(top / HOUR_MINUTES) === hour);
}

function moved({ column, hour }: Cell, key: string): Cell | undefined {
  if (key === "ArrowUp") return { column, hour: Math.max(hour - 1, 0) };
  if (key === "ArrowDown") return { column, hour: Math.min(hour + 1, 23) };
  if (key === "ArrowLeft") return { column: Math.max(column - 1, 0), hour };
  if (key === "ArrowRight") return { column: Math.min(column + 1, 6), hour };
  if (key === "Home") return { column: 0, hour };
  if (key === "End") return { column: 6, hour };
  return undefined;
}
