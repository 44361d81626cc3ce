import { Check, type LucideIcon } from "lucide-react";
import type { Notification } from "../../client/me/index.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { useNotificationWords } from "../locale/notifications/index.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { linkOf } from "./place.ts";

interface NotificationRowProps {
  readonly notification: Notification;
  readonly icon: LucideIcon;
  readonly onOpen: () => void;
  readonly onRead: () => void;
}

export function NotificationRow({ notification, icon: Icon, onOpen, onRead }: NotificationRowProps) {
  const { formats } = useLocale();
  const words = useNotificationWords();
  const { title, message, createdAt, isRead } = notification;
  const href = linkOf(notification);
  const told = (
    <>
      <Icon aria-hidden="true" size={20} />
      <span className="notification-words">
        <span className="notification-title">
          {!isRead && <span className="spoken">{words.unread} </span>}
          <bdi lang={languageOf(title)}>{title}</bdi>
        </span>
        <span lang={languageOf(message)}>{message}</span>
        <time className="quiet" dateTime={createdAt}>
          {formats.timeOf(createdAt)}
        </time>
      </span>
    </>
  );
  return (
    <li className={isRead ? "notification" : "notification unread"}>
      {href === undefined ? (
        <div className="notification-body">{told}</div>
      ) : (
        <a className="notification-body" href={href} onClick={onOpen}>
          {told}
        </a>
      )}
      {!isRead && <IconButton label={words.read(title)} icon={Check} onClick={onRead} />}
    </li>
  );
}
