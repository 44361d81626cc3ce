import { ArrowLeft } from "lucide-react";
import { lazy, Suspense } from "react";
import { useAccountWords } from "../locale/account/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import type { Session } from "../session/session.ts";
import { goToRoom, linkToPanel } from "../shell/use-place.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Devices } from "./devices.tsx";
import { Privacy } from "./privacy.tsx";
import "../styles/fields.css";
import "../styles/account.css";

const NotificationsPanel = lazy(() => import("../notifications/settings-panel.tsx"));
const CalendarFeed = lazy(() => import("../sessions/calendar-feed.tsx"));
const Profile = lazy(() => import("../profile/profile.tsx"));

const PANELS = ["profile", "notifications", "calendar", "devices", "privacy"] as const;

interface AccountPaneProps {
  readonly session: Session;
  readonly panel: (typeof PANELS)[number];
}

/** One's account, in the place of a conversation. Each part has an address: `#devices`. */
export default function AccountPane({ session, panel }: AccountPaneProps) {
  const { text } = useLocale();
  const words = useAccountWords();
  const profile = useProfileWords();
  const titles = {
    profile: profile.title,
    notifications: text.notifications,
    calendar: text.calendar,
    devices: words.devices.title,
    privacy: words.privacy.title,
  };
  return (
    <main className="account">
      <header className="bar">
        <IconButton label={text.back} icon={ArrowLeft} onClick={() => goToRoom(undefined)} />
        <nav aria-label={words.nav}>
          <ul className="account-parts">
            {PANELS.map((one) => (
              <li key={one}>
                <a href={linkToPanel(one)} aria-current={one === panel ? "page" : undefined}>
                  {titles[one]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      {/* Another part begins at its top. */}
      <div className="account-scroll" key={panel}>
        <div className="account-part">
          {panel === "devices" && <Devices session={session} />}
          {panel === "privacy" && <Privacy session={session} />}
          <Suspense fallback={<p className="quiet">{text.loading}</p>}>
            {panel === "profile" && <Profile session={session} />}
            {panel === "calendar" && <CalendarFeed session={session} />}
            {panel === "notifications" && <NotificationsPanel session={session} />}
          </Suspense>
        </div>
      </div>
    </main>
  );
}
