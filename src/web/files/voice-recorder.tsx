import { SendHorizontal, Square, Trash2 } from "lucide-react";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useFileWords } from "../locale/files/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { clock } from "./file-size.ts";
import { hush, VoicePlayer } from "./voice-player.tsx";
import { LONGEST_MS, type Recorded, VoiceRecording } from "./voice-recording.ts";

interface VoiceRecorderProps {
  readonly onSend: (recorded: Recorded) => void;
  readonly onEnd: () => void;
}

/** In the place of the words: records, lets one listen, and sends. Escape discards it. */
export default function VoiceRecorder({ onSend, onEnd }: VoiceRecorderProps) {
  const { text } = useLocale();
  const { record } = useFileWords();
  const [attempt, setAttempt] = useState<VoiceRecording>();
  useEffect(() => {
    hush();
    const recording = new VoiceRecording();
    setAttempt(recording);
    void recording.begin();
    return () => recording.discard();
  }, []);
  const now = useSyncExternalStore(attempt?.subscribe ?? never, () => attempt?.getSnapshot());
  const done = useRef<HTMLButtonElement>(null);
  const state = now?.state ?? "asking";
  const hasFailed = state !== "asking" && state !== "recording" && state !== "done";
  // One who records with the keyboard goes on with it.
  useEffect(() => {
    if (state !== "asking") done.current?.focus();
  }, [state]);
  return (
    <fieldset
      className="recorder"
      aria-label={record.title}
      onKeyDown={(event) => {
        if (event.key === "Escape") onEnd();
      }}
    >
      {!hasFailed && (
        <button type="button" className="icon-button" aria-label={record.discard} onClick={onEnd}>
          <Trash2 aria-hidden="true" size={20} />
        </button>
      )}
      {now?.state === "recording" && <Running startedAt={now.startedAt} />}
      {now?.state === "done" && <Review recorded={now} />}
      {now?.state !== "recording" && now?.state !== "done" && (
        <p role={state === "asking" ? "status" : "alert"}>{record[now?.state ?? "asking"]}</p>
      )}
      {now?.state === "recording" && (
        <button
          type="button"
          className="icon-button primary send"
          ref={done}
          aria-label={record.done}
          onClick={() => attempt?.stop()}
        >
          <Square aria-hidden="true" size={18} />
        </button>
      )}
      {now?.state === "done" && (
        <button
          type="button"
          className="icon-button primary send"
          ref={done}
          aria-label={record.send}
          onClick={() => onSend(now)}
        >
          <SendHorizontal aria-hidden="true" size={20} />
        </button>
      )}
      {hasFailed && (
        <button type="button" className="button" ref={done} onClick={onEnd}>
          {text.close}
        </button>
      )}
    </fieldset>
  );
}

const never = () => () => {};

function Running({ startedAt }: { readonly startedAt: number }) {
  const { record } = useFileWords();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="recording-time" role="timer">
      <span className="recording-dot" aria-hidden="true" />
      {record.running(clock(now - startedAt), clock(LONGEST_MS))}
    </p>
  );
}

function Review({ recorded }: { readonly recorded: Recorded }) {
  const { blob, durationMs } = recorded;
  const src = useMemo(() => URL.createObjectURL(blob), [blob]);
  useEffect(() => () => URL.revokeObjectURL(src), [src]);
  return <VoicePlayer src={src} durationMs={durationMs} />;
}
