import { BellRing, X } from "lucide-react";
import type { SessionReminder } from "../../client/me/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import { linkToCall } from "../shell/use-place.ts";
import { IconButton } from "../ui/icon-button.tsx";
import "../styles/reminder.css";

interface ReminderBannerProps {
  readonly reminder: SessionReminder;
  readonly onClose: () => void;
}

export default function ReminderBanner({ reminder, onClose }: ReminderBannerProps) {
  const { text, formats } = useLocale();
  const { reminder: words, untitled } = useSessionWords();
  const { sessionId, title, startsAt } = reminder;
  return (
    <div className="reminder">
      <BellRing aria-hidden="true" size={18} />
      <p>{words.soon(title ?? untitled, formats.timeOf(startsAt))}</p>
      <a className="button primary" href={linkToCall(sessionId)} onClick={onClose}>
        {words.join}
      </a>
      <IconButton label={text.close} icon={X} onClick={onClose} />
    </div>
  );
}
