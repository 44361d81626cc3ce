import { Dialog, DialogDescription, DialogHeading } from "@ariakit/react";
import { useEffect } from "react";
import { useCallWords } from "../locale/call/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { nameOf } from "./call-rules.ts";
import { type OpenCall, useTold } from "./use-call.ts";
import type { RecordingView } from "./use-recording.ts";

interface RecordingProps {
  readonly open: OpenCall;
  readonly view: RecordingView;
}

/** That it is recorded, for as long as it is; and the way out of it. */
export function RecordingLine({ open: { live, recorder }, view }: RecordingProps) {
  const words = useCallWords();
  const { formats } = useLocale();
  const { peers, you } = useTold(live);
  const { state, sentBytes, allBytes } = useTold(recorder);
  const names = formats.listNames(view.waitsFor.map((userId) => nameOf(peers, userId)));
  const isUnsaved = state === "recording" || state === "saving";
  useEffect(() => {
    if (!isUnsaved) return;
    const hold = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", hold);
    return () => removeEventListener("beforeunload", hold);
  }, [isUnsaved]);
  const part = `${allBytes === 0 ? 0 : Math.floor((sentBytes / allBytes) * 100)} %`;
  return (
    <>
      {view.isRecording && (
        <p className="recording-line" role="status">
          <span className="recording-dot" aria-hidden="true" />
          <strong>{words.recording.running}</strong>
          <span>
            {words.recording.runningBy(
              view.startedByUserId === you?.userId ? words.you : nameOf(peers, view.startedByUserId ?? 0),
            )}
          </span>
          <button type="button" className="text-button" onClick={() => view.answer(false)}>
            {words.recording.withdraw}
          </button>
        </p>
      )}
      {view.isWaiting && view.waitsFor.length > 0 && (
        <p className="recording-line waiting" role="status">
          {words.recording.waiting(names)}
          <button type="button" className="text-button" onClick={() => view.answer(false)}>
            {words.recording.withdraw}
          </button>
        </p>
      )}
      {(state === "saving" || state === "saved" || state === "failed") && (
        <p className="recording-line waiting" role="status">
          {state === "saving" && `${words.recording.saving(part)} ${words.recording.keepOpen}`}
          {state === "saved" && words.recording.saved}
          {state === "failed" && words.recording.failed}
        </p>
      )}
    </>
  );
}

/** Asks for one's consent. Whoever closes it has not given it. */
export function ConsentDialog({ open: { live }, view }: RecordingProps) {
  const words = useCallWords();
  const { formats } = useLocale();
  const { peers } = useTold(live);
  const names = formats.listNames(view.askedBy.map((userId) => nameOf(peers, userId)));
  return (
    <Dialog
      open
      onClose={() => view.answer(false)}
      role="alertdialog"
      className="sheet middle small"
      backdrop={<div className="backdrop" />}
    >
      <DialogHeading className="sheet-title">{words.recording.question}</DialogHeading>
      <p>{words.recording.asks(names)}</p>
      <DialogDescription className="quiet">{words.recording.hint}</DialogDescription>
      <div className="row end">
        <button type="button" className="button" onClick={() => view.answer(false)}>
          {words.recording.decline}
        </button>
        <button type="button" className="button primary" onClick={() => view.answer(true)}>
          {words.recording.agree}
        </button>
      </div>
    </Dialog>
  );
}
