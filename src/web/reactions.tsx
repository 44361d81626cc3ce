import type { Message, RoomConnection, RoomSnapshot } from "../client/index.ts";
import { listNames } from "./formats.ts";
import { text } from "./text.ts";

interface ReactionsProps {
  readonly message: Message;
  readonly room: RoomConnection;
  readonly snapshot: RoomSnapshot;
  readonly attempt: (command: Promise<unknown>) => void;
}

export function Reactions({ message, room, snapshot, attempt }: ReactionsProps) {
  if (message.reactions.length === 0) return null;
  const you = snapshot.you?.userId;
  const nameOf = (id: number) => (id === you ? text.you : snapshot.participants.find((row) => row.userId === id)?.name);
  return (
    <ul class="reactions">
      {message.reactions.map(({ emoji, userIds }) => {
        const isMine = you !== undefined && userIds.includes(you);
        return (
          <li key={emoji}>
            <button
              type="button"
              aria-pressed={isMine}
              aria-label={text.reactedBy(emoji, userIds.length)}
              title={listNames(userIds.map(nameOf).filter((name) => name !== undefined))}
              onClick={() => attempt(isMine ? room.unreact(message.id, emoji) : room.react(message.id, emoji))}
            >
              {emoji} {userIds.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
