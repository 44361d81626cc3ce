import { SendHorizontal, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { SESSION_LIMITS } from "../../../schema/session-limits.ts";
import { useCallWords } from "../locale/call/index.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { refusalText } from "../shell/refusal-text.ts";
import { isFinalEnter } from "../ui/enter-key.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { nameOf } from "./call-rules.ts";
import { type OpenCall, useTold } from "./use-call.ts";

interface CallChatProps extends Pick<OpenCall, "live"> {
  readonly onClose: () => void;
}

/** What is written in the call, beside it. */
export function CallChat({ live, onClose }: CallChatProps) {
  const words = useCallWords();
  const { text, formats } = useLocale();
  const { messages, peers, you } = useTold(live);
  const [draft, setDraft] = useState("");
  const [problem, setProblem] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest is in sight
  useEffect(() => {
    // Some browsers answer with a promise, which is no cleanup.
    void list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [messages]);
  const send = () => {
    const content = draft.trim();
    if (content === "") return;
    setDraft("");
    setProblem(undefined);
    live.write(content).catch((error) => {
      setProblem(refusalText(error, text));
      // Unless something else has been written meanwhile.
      setDraft((now) => (now === "" ? content : now));
    });
  };
  return (
    <section
      className="call-chat"
      aria-label={words.chat}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header className="sheet-header">
        <h2>{words.chat}</h2>
        <IconButton label={text.close} icon={X} onClick={onClose} />
      </header>
      <div className="call-log" role="log" aria-label={words.chat} ref={list}>
        {messages.length === 0 && <p className="quiet">{words.noMessages}</p>}
        {messages.map(({ id, userId, content, createdAt }) => (
          <article key={id} data-own={userId === you?.userId}>
            <span className="quiet">
              <bdi>{userId === you?.userId ? words.you : nameOf(peers, userId)}</bdi> ·{" "}
              <time dateTime={createdAt}>{formats.timeOf(createdAt)}</time>
            </span>
            <p lang={languageOf(content)}>{content}</p>
          </article>
        ))}
      </div>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <form
        className="call-write"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={words.write}
          placeholder={words.write}
          maxLength={SESSION_LIMITS.chatCharacters}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (!isFinalEnter(event.nativeEvent)) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" className="icon-button primary" aria-label={words.send} disabled={draft.trim() === ""}>
          <SendHorizontal aria-hidden="true" size={18} />
        </button>
      </form>
    </section>
  );
}
