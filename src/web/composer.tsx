import { useEffect, useRef, useState } from "preact/hooks";
import type { Message, RoomConnection, RoomSnapshot } from "../client/index.ts";
import { isFinalEnter } from "./enter-key.ts";
import { text } from "./text.ts";

interface ComposerProps {
  readonly room: RoomConnection;
  readonly snapshot: RoomSnapshot;
  readonly replyTo: Message | undefined;
  readonly onReplyEnd: () => void;
}

export function Composer({ room, snapshot, replyTo, onReplyEnd }: ComposerProps) {
  const [draft, setDraft] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (replyTo !== undefined) field.current?.focus();
  }, [replyTo]);

  const send = () => {
    if (draft.trim() === "") return;
    // A refusal is shown at the message itself.
    void room.send(draft, replyTo === undefined ? {} : { replyToId: replyTo.id });
    setDraft("");
    onReplyEnd();
  };
  const change = (value: string) => {
    setDraft(value);
    room.typing(value.trim() !== "");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onReplyEnd();
    if (!isFinalEnter(event)) return;
    event.preventDefault();
    send();
  };

  const author = snapshot.participants.find(({ userId }) => userId === replyTo?.senderId);
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
        field.current?.focus();
      }}
    >
      {replyTo !== undefined && (
        <p class="reply-draft">
          <span>
            <strong>{text.replyingTo(author?.name ?? "")}</strong> <q>{replyTo.content}</q>
          </span>
          <button type="button" class="icon" aria-label={text.stopReply} onClick={onReplyEnd}>
            ✕
          </button>
        </p>
      )}
      <textarea
        ref={field}
        rows={1}
        aria-label={text.write}
        placeholder={text.write}
        value={draft}
        disabled={snapshot.status.state === "denied"}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => room.typing(false)}
      />
      <button type="submit" class="primary" disabled={draft.trim() === ""}>
        {text.send}
      </button>
    </form>
  );
}
