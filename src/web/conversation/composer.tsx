import { Mic, Paperclip, SendHorizontal, Smile, X } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from "react";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import type { Message, RoomConnection, RoomSnapshot } from "../../client/index.ts";
import type { UsedPickedFiles } from "../files/use-picked-files.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Drafts } from "../rooms/drafts.ts";
import { useDraft } from "../rooms/use-draft.ts";
import { EmojiPopover } from "../ui/emoji-popover.tsx";
import { isFinalEnter } from "../ui/enter-key.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { messageWords } from "./message-words.ts";

const Tray = lazy(() => import("../files/tray.tsx"));
const VoiceRecorder = lazy(() => import("../files/voice-recorder.tsx"));

interface ComposerProps {
  readonly room: RoomConnection;
  readonly snapshot: RoomSnapshot;
  readonly drafts: Drafts;
  readonly picked: UsedPickedFiles;
  readonly replyTo: Message | undefined;
  readonly onReplyEnd: () => void;
  readonly onSent: () => void;
  readonly onEditLast: () => void;
}

/** A phone's keyboard has no other Enter: there it makes a new line, and the button sends. */
const hasTouchKeyboard = () => matchMedia("(pointer: coarse) and (hover: none)").matches;

export function Composer(props: ComposerProps) {
  const { room, snapshot, drafts, picked, replyTo, onReplyEnd, onSent, onEditLast } = props;
  const { text } = useLocale();
  const [draft, setDraft] = useDraft(drafts, room.id);
  const field = useRef<HTMLTextAreaElement>(null);
  const fileField = useRef<HTMLInputElement>(null);
  const [isRecording, setIsRecording] = useState(false);
  useEffect(() => {
    if (replyTo !== undefined) field.current?.focus();
  }, [replyTo]);

  const over = draft.length - LIMITS.contentCharacters;
  const hasWords = draft.trim() !== "";
  const hasFiles = picked.files.some(({ state }) => state === "ready");
  const isSendable = (hasWords || hasFiles) && over <= 0;
  const isDenied = snapshot.status.state === "denied";

  const send = () => {
    if (!isSendable) return;
    if (hasFiles) picked.send(hasWords ? draft : "", replyTo?.id);
    // A refusal is shown at the message itself.
    else room.send(draft, replyTo === undefined ? {} : { replyToId: replyTo.id }).catch(() => {});
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

  const onPaste = (event: ClipboardEvent) => {
    const { files } = event.clipboardData;
    // Office programs put a picture of the words beside the words.
    if (files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    picked.add(files);
  };
  const endRecording = () => {
    setIsRecording(false);
    // Once the field is there again.
    requestAnimationFrame(() => field.current?.focus());
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
            <bdi lang={languageOf(replyTo.content ?? "")}>{messageWords(replyTo, text)}</bdi>
          </p>
          <button type="button" className="icon-button" aria-label={text.stopReply} onClick={onReplyEnd}>
            <X aria-hidden="true" size={18} />
          </button>
        </div>
      )}
      {picked.files.length > 0 && (
        <Suspense>
          <Tray picked={picked.files} onRemove={picked.remove} onRetry={picked.retry} />
        </Suspense>
      )}
      {isRecording ? (
        <Suspense fallback={<p className="quiet padded">{text.loading}</p>}>
          <VoiceRecorder
            onSend={({ blob, durationMs }) => {
              picked.sendVoice(blob, durationMs, replyTo?.id);
              onReplyEnd();
              onSent();
              endRecording();
            }}
            onEnd={endRecording}
          />
        </Suspense>
      ) : (
        <>
          <div className="composer-field">
            <input
              ref={fileField}
              type="file"
              multiple
              hidden
              data-files
              onChange={(event) => {
                picked.add(event.currentTarget.files ?? []);
                // The same file can be picked again.
                event.currentTarget.value = "";
                field.current?.focus();
              }}
            />
            <IconButton
              label={text.attach}
              icon={Paperclip}
              disabled={isDenied}
              onClick={() => fileField.current?.click()}
            />
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
              onPaste={onPaste}
              onBlur={() => room.typing(false)}
            />
            <EmojiPopover label={text.emoji} icon={Smile} onPick={insert} />
          </div>
          {hasWords || hasFiles ? (
            <button
              type="submit"
              className="icon-button primary send"
              aria-label={text.send}
              disabled={!isSendable || isDenied}
            >
              <SendHorizontal aria-hidden="true" size={20} />
            </button>
          ) : (
            <IconButton
              className="icon-button primary send"
              label={text.record}
              icon={Mic}
              disabled={isDenied}
              onClick={() => setIsRecording(true)}
            />
          )}
        </>
      )}
      {over > 0 && (
        <p className="problem" role="alert">
          {text.tooLong(over)}
        </p>
      )}
    </form>
  );
}
