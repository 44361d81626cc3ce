import { ChevronLeft, ChevronRight, Plus } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { goToRoom, linkToPanel, linkToSessions } from "../shell/use-place.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Agenda } from "./agenda.tsx";
import { addDays, type Day, wallClockOf } from "./clock.ts";
import { Invitations } from "./invitations.tsx";
import { PaneHeader } from "./pane-header.tsx";
import { loadSessions } from "./session-calls.ts";
import { useSessionFormats } from "./session-formats.ts";
import { useFresh } from "./use-fresh.ts";
import { useNow } from "./use-now.ts";
import { useWide } from "./use-wide.ts";
import { firstDayOfWeek, momentsOf, weekOf } from "./week.ts";
import { WeekGrid } from "./week-grid.tsx";

interface CalendarProps {
  readonly session: Session;
  readonly zone: string;
  /** Of the week that is shown. */
  readonly day: Day;
  readonly onDay: (day: Day) => void;
  /** An hour to plan a session at. */
  readonly onPick: (slot: { readonly day: Day; readonly time: string }) => void;
  readonly onBook: () => void;
}

const EVERY_MS = 60_000;
const NO_DAYS: readonly Day[] = [];

export function Calendar({ session, zone, day, onDay, onPick, onBook }: CalendarProps) {
  const { text } = useLocale();
  const words = useSessionWords();
  const formats = useSessionFormats();
  const now = useNow();
  const isWide = useWide();
  const { client } = session;
  const days = useMemo(() => weekOf(day, firstDayOfWeek(navigator.language)), [day]);
  const today = wallClockOf(now, zone).day;
  const load = useCallback(() => loadSessions(client, momentsOf(days, zone)), [client, days, zone]);
  const { value, problem, reload } = useFresh(session, load, EVERY_MS);
  const [first = day, last = day] = [days[0], days.at(-1)];
  const isLoaded = value !== undefined;
  const shown = { userId: session.userId, sessions: value ?? [], days, zone, now, isLoaded };
  return (
    <main className="sessions">
      <PaneHeader title={words.title} back={text.back} onBack={() => goToRoom(undefined)}>
        <a className="button primary" href={linkToSessions("new")} onClick={onBook}>
          <Plus aria-hidden="true" size={18} /> <span>{words.book}</span>
        </a>
      </PaneHeader>
      <div className="week-bar">
        <div className="row">
          <IconButton label={words.week.previous} icon={ChevronLeft} onClick={() => onDay(addDays(day, -7))} />
          <button type="button" className="button" aria-disabled={days.includes(today)} onClick={() => onDay(today)}>
            {words.week.today}
          </button>
          <IconButton label={words.week.next} icon={ChevronRight} onClick={() => onDay(addDays(day, 7))} />
        </div>
        <h2 aria-live="polite">{formats.weekOf(first, last)}</h2>
        <p className="quiet week-zone">{words.week.zone(formats.zoneName(zone, momentsOf(days, zone).from))}</p>
      </div>
      <Invitations session={session} hides={isWide ? NO_DAYS : days} zone={zone} />
      {problem !== undefined && (
        <div role="alert" className="problem week-problem">
          {refusalText(problem, text)}{" "}
          <button type="button" className="text-button" onClick={() => void reload()}>
            {text.tryAgain}
          </button>
        </div>
      )}
      {isWide ? <WeekGrid {...shown} onPick={onPick} /> : <Agenda {...shown} isFailed={problem !== undefined} />}
      <p className="week-foot">
        <a href={linkToPanel("calendar")}>{words.week.toFeed}</a>
      </p>
    </main>
  );
}
