import type { Message, Participant } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { MessageHandlers } from "./message-handlers.ts";

interface ReactionsProps {
  readonly message: Message;
  readonly participants: readonly Participant[];
  readonly yourId: number | undefined;
  readonly isReachable: boolean;
  readonly isReadOnly: boolean;
  readonly handlers: MessageHandlers;
}

export function Reactions({ message, participants, yourId, isReachable, isReadOnly, handlers }: ReactionsProps) {
  const { text, formats } = useLocale();
  if (message.reactions.length === 0) return null;
  const nameOf = (id: number) => (id === yourId ? text.you : participants.find((row) => row.userId === id)?.name);
  return (
    <ul className="reactions">
      {message.reactions.map(({ emoji, userIds }) => {
        const isMine = yourId !== undefined && userIds.includes(yourId);
        const names = formats.listNames(userIds.map(nameOf).filter((name) => name !== undefined));
        return (
          <li key={emoji}>
            <button
              type="button"
              aria-pressed={isMine}
              aria-label={text.reactedBy(emoji, userIds.length, names)}
              title={names}
              tabIndex={isReachable ? 0 : -1}
              disabled={isReadOnly}
              onClick={() => (isMine ? handlers.unreact(message.id, emoji) : handlers.react(message.id, emoji))}
            >
              {emoji} <span>{userIds.length}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
