import type { Message, Participant } from "../../client/index.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { linkToMessage } from "../shell/use-place.ts";
import { messageWords } from "./message-words.ts";

interface ReplyQuoteProps {
  readonly message: Message;
  /** The message that is answered, where it is loaded. */
  readonly quoted: Message | undefined;
  readonly participants: readonly Participant[];
  readonly isReachable: boolean;
  readonly onJump: (id: number) => void;
}

/** What a message answers: a way to it, loaded or not. */
export function ReplyQuote({ message, quoted, participants, isReachable, onJump }: ReplyQuoteProps) {
  const { text } = useLocale();
  const { roomId, replyToId } = message;
  if (replyToId === null) return null;
  const author = participants.find(({ userId }) => userId === quoted?.senderId)?.name ?? "";
  const words = quoted === undefined ? text.earlierMessage : messageWords(quoted, text);
  return (
    <a
      className="quote"
      href={linkToMessage(roomId, replyToId)}
      tabIndex={isReachable ? 0 : -1}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onJump(replyToId);
      }}
    >
      <span className="spoken">{text.replyTo} </span>
      {author !== "" && <bdi className="quote-author">{author}</bdi>} <bdi lang={languageOf(words)}>{words}</bdi>
    </a>
  );
}
