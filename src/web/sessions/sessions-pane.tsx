import { useState } from "react";
import type { Session } from "../session/session.ts";
import { goToSessions, type SessionsPlace } from "../shell/use-place.ts";
import { BookingView } from "./booking-view.tsx";
import { Calendar } from "./calendar.tsx";
import { type Day, nextFullHour, ownZone, wallClockOf } from "./clock.ts";
import { Details } from "./details.tsx";
import "../styles/fields.css";
import "../styles/account.css";
import "../styles/sessions.css";

interface SessionsPaneProps {
  readonly session: Session;
  readonly place: SessionsPlace;
}

/** One's learning sessions, in the place of a conversation. The week one looks at stays while one goes to a session and back. */
export default function SessionsPane({ session, place }: SessionsPaneProps) {
  const zone = ownZone();
  const [day, setDay] = useState<Day>(() => wallClockOf(Date.now(), zone).day);
  /** The hour that was picked in the calendar. */
  const [picked, setPicked] = useState<{ readonly day: Day; readonly time: string }>();
  if (place.id !== undefined) {
    return <Details key={place.id} session={session} id={place.id} zone={zone} onDay={setDay} />;
  }
  if (place.view === "new") {
    const { day: soonDay, time } = nextFullHour(Date.now(), zone);
    return <BookingView session={session} zone={zone} start={picked ?? { day: soonDay, time }} />;
  }
  return (
    <Calendar
      session={session}
      zone={zone}
      day={day}
      onDay={setDay}
      onPick={(slot) => {
        setPicked(slot);
        goToSessions("new");
      }}
      onBook={() => setPicked(undefined)}
    />
  );
}
