import { useEffect, useState } from "react";
import type { RoomStatus } from "../../client/index.ts";
import type { Words } from "../locale/en.ts";
import { useLocale } from "../locale/locale.tsx";

interface BannerProps {
  readonly status: RoomStatus;
  readonly onTryNow: () => void;
}

/** What the connection does, in words, whenever it is not simply there. Shown after a moment: most pauses are shorter. */
export function Banner({ status, onTryNow }: BannerProps) {
  const { text } = useLocale();
  if (status.state === "live") return <div role="status" data-state="live" />;
  const mayTry = status.state === "offline" || status.state === "denied";
  return (
    <div role="status" className={`banner ${status.state}`} data-state={status.state}>
      <span>{words(status, text)}</span>
      {status.retryAt !== null && <Countdown until={status.retryAt} />}
      {mayTry && (
        <button type="button" className="button" onClick={onTryNow}>
          {text.tryNow}
        </button>
      )}
    </div>
  );
}

function words({ state, reason }: RoomStatus, text: Words): string {
  switch (state) {
    case "connecting":
      return text.connecting;
    case "syncing":
      return text.syncing;
    case "denied":
      return reason !== null && reason in text.denied
        ? text.denied[reason as keyof Words["denied"]] // just looked up
        : text.denied.other;
    default:
      return reason === "goingAway" ? text.restarting : text.lost;
  }
}

/** Not for screen readers: they would read every second aloud. */
function Countdown({ until }: { readonly until: number }) {
  const { text } = useLocale();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((until - now) / 1_000);
  return <span aria-hidden="true">{seconds > 1 ? text.retryIn(seconds) : ""}</span>;
}
