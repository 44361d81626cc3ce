import { lazy, Suspense, useEffect, useState } from "react";
import type { SessionReminder } from "../../client/me/index.ts";
import { BANNER_MINUTES } from "../notifications/place.ts";
import type { Session } from "../session/session.ts";

const ReminderBanner = lazy(() => import("./reminder-banner.tsx"));

/** Whoever has not come by then knows. */
const LATE_MS = 10 * 60_000;

/** A session that begins in a moment: above everything, with the way to it, until one has gone there or closed it. */
export function Reminders({ session, shownId }: { readonly session: Session; readonly shownId: number | undefined }) {
  const [reminder, setReminder] = useState<SessionReminder>();
  useEffect(() => {
    return session.me.onSessionReminder((come) => {
      if (come.minutes <= BANNER_MINUTES) setReminder(come);
    });
  }, [session]);
  useEffect(() => {
    if (reminder === undefined) return;
    const timer = setTimeout(() => setReminder(undefined), Date.parse(reminder.startsAt) + LATE_MS - Date.now());
    return () => clearTimeout(timer);
  }, [reminder]);
  // There the door is in sight.
  const isThere = reminder?.sessionId === shownId;
  return (
    <div role="status">
      {reminder !== undefined && !isThere && (
        <Suspense>
          <ReminderBanner reminder={reminder} onClose={() => setReminder(undefined)} />
        </Suspense>
      )}
    </div>
  );
}
