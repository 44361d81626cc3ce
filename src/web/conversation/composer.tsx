import { SendHorizontal, Smile, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import type { Message, RoomConnection, RoomSnapshot } from "../../client/index.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Drafts } from "../rooms/drafts.ts";
import { useDraft } from "../rooms/use-draft.ts";
import { EmojiPopover } from "../ui/emoji-popover.tsx";
import { isFinalEnter } from "../ui/enter-key.ts";

interface ComposerProps {
  readonly room: RoomConnection;
  readonly snapshot: RoomSnapshot;
  readonly drafts: Drafts;
  readonly replyTo: Message | undefined;
  readonly onReplyEnd: () => void;
  readonly onSent: () => void;
  readonly onEditLast: () => void;
}

/** A phone's keyboard has no other Enter: there it makes a new line, and the button sends. */
const hasTouchKeyboard = () => matchMedia("(pointer: coarse) and (hover: none)").matches;

export function Composer({ room, snapshot, drafts, replyTo, onReplyEnd, onSent, onEditLast }: ComposerProps) {
  const { text } = useLocale();
  const [draft, setDraft] = useDraft(drafts, room.id);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (replyTo !== undefined) field.current?.focus();
  }, [replyTo]);

  const over = draft.length - LIMITS.contentCharacters;
  const isSendable = draft.trim() !== "" && over <= 0;
  const isDenied = snapshot.status.state === "denied";

  const send = () => {
    if (!isSendable) return;
    // A refusal is shown at the message itself.
    room.send(draft, replyTo === undefined ? {} : { replyToId: replyTo.id }).catch(() => {});
    setDraft("");
    onReplyEnd();
    onSent();
  };
  const change = (words: string) => {
    setDraft(words);
    room.typing(words.trim() !== "");
  };
  const insert = (emoji: string) => {
    const { selectionStart = draft.length, selectionEnd = draft.length } = field.current ?? {};
    change(draft.slice(0, selectionStart) + emoji + draft.slice(selectionEnd));
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onReplyEnd();
    if (event.key === "ArrowUp" && draft === "" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      onEditLast();
    }
    if (!isFinalEnter(event.nativeEvent) || hasTouchKeyboard()) return;
    event.preventDefault();
    send();
  };

  const author = snapshot.participants.find(({ userId }) => userId === replyTo?.senderId)?.name ?? "";
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
        field.current?.focus();
      }}
    >
      {replyTo !== undefined && (
        <div className="reply-draft">
          <p>
            <strong>
              {text.replyTo} · <bdi>{author}</bdi>
            </strong>
            <bdi lang={languageOf(replyTo.content ?? "")}>{replyTo.content}</bdi>
          </p>
          <button type="button" className="icon-button" aria-label={text.stopReply} onClick={onReplyEnd}>
            <X aria-hidden="true" size={18} />
          </button>
        </div>
      )}
      <div className="composer-field">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={text.write}
          placeholder={text.write}
          enterKeyHint={hasTouchKeyboard() ? "enter" : "send"}
          value={draft}
          disabled={isDenied}
          onChange={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={() => room.typing(false)}
        />
        <EmojiPopover label={text.emoji} icon={Smile} onPick={insert} />
      </div>
      <button
        type="submit"
        className="icon-button primary send"
        aria-label={text.send}
        disabled={!isSendable || isDenied}
      >
        <SendHorizontal aria-hidden="true" size={20} />
      </button>
      {over > 0 && (
        <p className="problem" role="alert">
          {text.tooLong(over)}
        </p>
      )}
    </form>
  );
}
