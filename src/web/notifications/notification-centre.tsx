import { Bell, CalendarClock, CheckCheck, GraduationCap, MessageCircle, ShieldCheck, UserPlus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Notification } from "../../client/me/index.ts";
import { useMe } from "../../client/react/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { useNotificationWords } from "../locale/notifications/index.ts";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { goToPanel } from "../shell/use-place.ts";
import { Sheet } from "../ui/sheet.tsx";
import { NotificationRow } from "./notification-row.tsx";
import { byDay, isCurrent } from "./place.ts";
import "../styles/notifications.css";

interface NotificationCentreProps {
  readonly session: Session;
  readonly onClose: () => void;
}

/** All that one was told of, day by day, the latest first. */
export default function NotificationCentre({ session, onClose }: NotificationCentreProps) {
  const { text, formats } = useLocale();
  const words = useNotificationWords();
  const { me } = session;
  const { notifications, hasOlderNotifications, unreadNotifications, connection } = useMe(me);
  const [problem, setProblem] = useState<string>();
  const [said, setSaid] = useState<string>();
  const status = useRef<HTMLParagraphElement>(null);
  const attempt = (task: Promise<void>) =>
    task.then(
      () => setProblem(undefined),
      (error) => setProblem(refusalText(error, text)),
    );
  const isLive = connection.state === "live";
  const isAsked = hasOlderNotifications === undefined;
  // At the start, and after a lost connection: what came meanwhile is not here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refusal is told in words, and tried again by hand
  useEffect(() => {
    if (isAsked) void attempt(me.loadNotifications());
  }, [me, isAsked, isLive]);

  const read = async (which: Notification["id"] | "all") => {
    await attempt(me.markNotificationsRead(which));
    setSaid(which === "all" ? words.allAreRead : words.isRead);
    // The button that was pressed is gone.
    status.current?.focus();
  };
  const now = Date.now();
  const days = byDay(
    notifications.filter((one) => isCurrent(one, now)),
    (iso) => formats.dayOf(iso),
  );
  return (
    <Sheet title={text.notifications} shape="side" onClose={onClose}>
      <div className="row between">
        <button
          type="button"
          className="button"
          aria-disabled={unreadNotifications === 0}
          onClick={() => unreadNotifications > 0 && void read("all")}
        >
          <CheckCheck aria-hidden="true" size={16} /> {words.readAll}
        </button>
        <button
          type="button"
          className="text-button"
          onClick={() => {
            onClose();
            goToPanel("notifications");
          }}
        >
          {words.toSettings}
        </button>
      </div>
      <p role="status" className="spoken" ref={status} tabIndex={-1}>
        {said}
      </p>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {days.map(({ name, notifications: ofDay }) => (
        <section key={name} aria-label={name}>
          <h2 className="notification-day">{name}</h2>
          <ul className="notification-list">
            {ofDay.map((one) => (
              <NotificationRow
                key={one.id}
                notification={one}
                icon={ICONS[one.type]}
                onOpen={() => {
                  if (!one.isRead) void me.markNotificationsRead(one.id).catch(() => {});
                  onClose();
                }}
                onRead={() => void read(one.id)}
              />
            ))}
          </ul>
        </section>
      ))}
      {days.length === 0 && problem === undefined && (
        <div className="notification-none">
          <Bell aria-hidden="true" size={32} />
          <p>{isAsked ? text.loading : words.none}</p>
        </div>
      )}
      {(hasOlderNotifications === true || problem !== undefined) && (
        <button type="button" className="button" onClick={() => void attempt(me.loadNotifications())}>
          {problem === undefined ? words.older : text.tryAgain}
        </button>
      )}
    </Sheet>
  );
}

const ICONS = {
  MESSAGE: MessageCircle,
  MATCH_REQUEST: UserPlus,
  MATCH_ACCEPTED: UserPlus,
  MATCH_REJECTED: UserPlus,
  MATCH_EXPIRED: UserPlus,
  SESSION_INVITE: CalendarClock,
  SESSION_REMINDER: CalendarClock,
  SESSION_STARTED: CalendarClock,
  SESSION_CANCELLED: CalendarClock,
  SESSION_RATED: CalendarClock,
  LEVEL_TEST_RESULT: GraduationCap,
  SAFETY: ShieldCheck,
  SYSTEM: Bell,
} as const satisfies Record<Notification["type"], unknown>;
