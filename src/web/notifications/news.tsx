import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Notification } from "../../client/me/index.ts";
import { useMe } from "../../client/react/index.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { hasBanner, isOfRoom, linkOf } from "./place.ts";

interface NewsProps {
  readonly session: Session;
  /** What is said there is seen. */
  readonly roomId: number | undefined;
}

const SHOWN_MS = 8_000;

/** What comes while one looks at something else: shown for a while, and read out. It stays in the list of all. */
export function News({ session, roomId }: NewsProps) {
  const { text } = useLocale();
  const { notifications } = useMe(session.me);
  const [shown, setShown] = useState<Notification>();
  /** Whoever points at it, or is in it, is still reading. */
  const [isHeld, setIsHeld] = useState(false);
  const current = useRef(roomId);
  current.current = roomId;
  useEffect(() => {
    return session.me.onNotification((notification) => {
      const isShown = isOfRoom(notification, current.current) || hasBanner(notification);
      const isSeen = document.visibilityState !== "visible" || isShown;
      if (!isSeen && !notification.isRead) setShown(notification);
    });
  }, [session]);
  useEffect(() => {
    if (shown === undefined || isHeld) return;
    const timer = setTimeout(() => setShown(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown, isHeld]);
  // One has gone to what it tells of, or has read it elsewhere.
  const isOver = shown !== undefined && (isOfRoom(shown, roomId) || isReadBy(notifications, shown));
  const news = isOver ? undefined : shown;
  const href = news && linkOf(news);
  const words = news && (
    <>
      <strong lang={languageOf(news.title)}>{news.title}</strong>
      <span lang={languageOf(news.message)}>{news.message}</span>
    </>
  );
  return (
    <div role="status" className="news-area">
      {news && (
        // biome-ignore lint/a11y/noStaticElementInteractions: it only waits while somebody is there
        <div
          className="news"
          onPointerEnter={() => setIsHeld(true)}
          onPointerLeave={() => setIsHeld(false)}
          onFocus={() => setIsHeld(true)}
          onBlur={() => setIsHeld(false)}
        >
          {href === undefined ? (
            <p className="news-words">{words}</p>
          ) : (
            <a
              className="news-words"
              href={href}
              onClick={() => {
                session.me.markNotificationsRead(news.id).catch(() => {});
                setShown(undefined);
              }}
            >
              {words}
            </a>
          )}
          <IconButton label={text.close} icon={X} onClick={() => setShown(undefined)} />
        </div>
      )}
    </div>
  );
}

function isReadBy(notifications: readonly Notification[], { id }: Notification): boolean {
  return notifications.some((one) => one.id === id && one.isRead);
}
