import { type ReactNode, useEffect, useState } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { SESSION_TIMING } from "../../../schema/session-limits.ts";
import { clock } from "../files/file-size.ts";
import { useCallWords } from "../locale/call/index.ts";
import { CallAttempts } from "./attempts.tsx";
import { CallChat } from "./call-chat.tsx";
import { timeUntil } from "./call-rules.ts";
import { Comings } from "./comings.tsx";
import { Controls } from "./controls.tsx";
import { focusOnArrival } from "./focus.ts";
import { LanguageBanner } from "./language-banner.tsx";
import { ConsentDialog, RecordingLine } from "./recording.tsx";
import { ShownReactions } from "./shown-reactions.tsx";
import { Stage } from "./stage.tsx";
import { TalkBars } from "./talk-bars.tsx";
import { type OpenCall, useNow, useTold } from "./use-call.ts";
import { useRecording } from "./use-recording.ts";
import { useWakeLock } from "./use-wake-lock.ts";

interface CallViewProps {
  readonly open: OpenCall;
  readonly planned: SessionAnswer;
  readonly onLeave: () => void;
}

/** A call of two to four. */
export function CallView(props: CallViewProps) {
  return <CallAttempts>{(refused) => <RunningCall {...props} refused={refused} />}</CallAttempts>;
}

interface RunningCallProps extends CallViewProps {
  readonly refused: ReactNode;
}

function RunningCall({ open, planned, onLeave, refused }: RunningCallProps) {
  const { live, call } = open;
  const words = useCallWords();
  const { messages } = useTold(live);
  const { state, microphone, camera } = useTold(call);
  const recording = useRecording(open);
  const [isChatOpen, setIsChatOpen] = useState(false);
  const [seen, setSeen] = useState(messages.length);
  useEffect(() => {
    if (isChatOpen) setSeen(messages.length);
  }, [isChatOpen, messages]);
  const unread = Math.max(0, messages.length - seen);
  useWakeLock();
  const mutedByHost = useMutedByHost(open);
  const problem = microphone.problem ?? camera.problem;
  return (
    <main className="call" data-state={state} data-chat={isChatOpen}>
      <header className="call-bar">
        <h1 tabIndex={-1} ref={focusOnArrival}>
          {planned.title ?? words.untitled}
        </h1>
        <LanguageBanner live={live} />
      </header>
      <Comings live={live} />
      <p role="status" className="spoken">
        {unread > 0 && !isChatOpen && words.unreadChat(unread)}
      </p>
      <RecordingLine open={open} view={recording} />
      {state === "reconnecting" && (
        <p className="notice" role="alert">
          {words.reconnecting}{" "}
          <button type="button" className="text-button" onClick={() => live.reconnect()}>
            {words.reconnectNow}
          </button>
        </p>
      )}
      <EndingLine live={live} />
      {refused}
      {mutedByHost && !microphone.isOn && (
        <p className="notice" role="status">
          {words.mutedByHost}
        </p>
      )}
      {problem !== null && (
        <p className="notice" role="alert">
          {words.problems[problem]}
        </p>
      )}
      <div className="call-middle">
        <div className="stage-frame">
          <Stage open={open} planned={planned} />
          <ShownReactions live={live} />
        </div>
        {isChatOpen && <CallChat live={live} onClose={() => setIsChatOpen(false)} />}
      </div>
      <TalkBars live={live} />
      <Controls
        open={open}
        recording={recording}
        isChatOpen={isChatOpen}
        unread={unread}
        onChat={() => setIsChatOpen((isOpen) => !isOpen)}
        onLeave={onLeave}
      />
      {recording.isAsked && <ConsentDialog open={open} view={recording} />}
    </main>
  );
}

/** The last minutes are told once, and counted. */
function EndingLine({ live }: Pick<OpenCall, "live">) {
  const words = useCallWords();
  const { endsAt, clockSkewMs, session } = useTold(live);
  const now = useNow(1_000);
  if (endsAt === null || session === null) return null;
  const leftMs = timeUntil(endsAt, { now, clockSkewMs });
  // Of a short session they are not most of it.
  const wholeMs = Date.parse(session.scheduledEndTime) - Date.parse(session.scheduledStartTime);
  if (leftMs > Math.min(SESSION_TIMING.warningMs, wholeMs / 4)) return null;
  return (
    <p className="notice" role="timer">
      {words.language.ending(clock(leftMs))}
    </p>
  );
}

function useMutedByHost({ live, call }: OpenCall): boolean {
  const [isMuted, setIsMuted] = useState(false);
  const { isOn } = useTold(call).microphone;
  useEffect(() => live.on("muteRequested", () => setIsMuted(true)), [live]);
  useEffect(() => {
    if (isOn) setIsMuted(false);
  }, [isOn]);
  return isMuted;
}
