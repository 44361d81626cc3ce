import { Bell as BellIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useMe } from "../../client/react/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { IconButton } from "../ui/icon-button.tsx";

const NotificationCentre = lazy(() => import("./notification-centre.tsx"));

const MOST = 99;

/** How many notifications wait, and the way to them. */
export function Bell({ session }: { readonly session: Session }) {
  const { text } = useLocale();
  const { unreadNotifications: count } = useMe(session.me);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <span className="bell">
        <IconButton
          label={count === 0 ? text.notifications : text.unreadNotifications(count)}
          icon={BellIcon}
          aria-haspopup="dialog"
          onClick={() => setIsOpen(true)}
        />
        {count > 0 && (
          <span className="badge" aria-hidden="true">
            {count > MOST ? `${MOST}+` : count}
          </span>
        )}
      </span>
      {isOpen && (
        <Suspense>
          <NotificationCentre session={session} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
