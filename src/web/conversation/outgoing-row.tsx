import { CircleAlert, Clock } from "lucide-react";
import type { OutgoingMessage, RoomConnection } from "../../client/index.ts";
import type { Words } from "../locale/en.ts";
import { useLocale } from "../locale/locale.tsx";
import { refusalText } from "../shell/refusal-text.ts";
import { MessageFile } from "./message-file.tsx";
import { MessageText } from "./message-text.tsx";

interface OutgoingRowProps {
  readonly message: OutgoingMessage;
  readonly room: RoomConnection;
  readonly isLive: boolean;
  readonly onTooLate: () => void;
}

/** A message of yours that is on its way. What happens to it is told here, and nowhere else. */
export function OutgoingRow({ message, room, isLive, onTooLate }: OutgoingRowProps) {
  const { text } = useLocale();
  const { clientId, content, state, error } = message;
  const mayCancel = state === "failed" || (state === "sending" && !isLive);
  // Whoever was blocked is not told by whom, or that they were.
  const isClosed = error?.code === "forbidden" && room.getSnapshot().room?.roomType === "DIRECT";
  const Sign = state === "failed" ? CircleAlert : Clock;
  return (
    <article className={`message mine outgoing ${state}`} data-state={state}>
      <div className="message-body">
        <div className={message.fileUrl === null ? "bubble" : "bubble with-file"}>
          {message.fileUrl !== null && <MessageFile message={message} author={text.you} />}
          {content !== "" && <MessageText content={content} />}
        </div>
        <p className="meta">
          <Sign aria-hidden="true" size={12} /> {stateText(state, isLive, text)}
          {error !== undefined && ` · ${isClosed ? text.takesNothing : refusalText(error, text)}`}
          {state === "failed" && (
            // A second failure is shown at the message itself.
            <button type="button" className="text-button" onClick={() => void room.retry(clientId).catch(() => {})}>
              {text.retry}
            </button>
          )}
          {mayCancel && (
            <button type="button" className="text-button" onClick={() => room.cancel(clientId) || onTooLate()}>
              {text.discard}
            </button>
          )}
        </p>
      </div>
    </article>
  );
}

function stateText(state: OutgoingMessage["state"], isLive: boolean, text: Words): string {
  if (state === "sending") return isLive ? text.sending : text.waiting;
  return state === "sent" ? text.sent : text.failed;
}
