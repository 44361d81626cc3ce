import type { OutgoingMessage, RoomConnection } from "../client/index.ts";
import { languageOf } from "./formats.ts";
import { text } from "./text.ts";

interface OutgoingRowProps {
  readonly message: OutgoingMessage;
  readonly room: RoomConnection;
  readonly isLive: boolean;
}

export function OutgoingRow({ message, room, isLive }: OutgoingRowProps) {
  const { clientId, content, state } = message;
  return (
    <li class={`message mine outgoing ${state}`} data-state={state}>
      <div class="message-body">
        <div class="bubble" lang={languageOf(content)}>
          {content}
        </div>
        <p class="meta quiet">{stateText(state, isLive)}</p>
        {state === "failed" && (
          <div class="row end">
            {/* What happens to it is shown at the message itself. */}
            <button type="button" onClick={() => void room.retry(clientId)}>
              {text.retry}
            </button>
            <button type="button" onClick={() => room.cancel(clientId)}>
              {text.discard}
            </button>
          </div>
        )}
      </div>
    </li>
  );
}

function stateText(state: OutgoingMessage["state"], isLive: boolean): string {
  if (state === "sending") return isLive ? text.sending : text.waiting;
  return state === "sent" ? text.sent : text.failed;
}
