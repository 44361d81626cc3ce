import {
  Circle,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  PhoneOff,
  Settings2,
  Smile,
  Square,
  Video as VideoIcon,
  VideoOff,
} from "lucide-react";
import { useState } from "react";
import { useCallWords } from "../locale/call/index.ts";
import { Confirm } from "../ui/confirm.tsx";
import { EmojiPopover } from "../ui/emoji-popover.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { useCallAttempt } from "./attempts.tsx";
import { DeviceField } from "./device-field.tsx";
import { type OpenCall, useTold } from "./use-call.ts";
import type { RecordingView } from "./use-recording.ts";

interface ControlsProps {
  readonly open: OpenCall;
  readonly recording: RecordingView;
  readonly isChatOpen: boolean;
  readonly unread: number;
  readonly onChat: () => void;
  readonly onLeave: () => void;
}

const QUICK = ["👍", "👏", "😂", "❤️", "🎉", "🙋"];

/** What one does in a call: one's own media, the others', the way out. */
export function Controls({ open, recording, isChatOpen, unread, onChat, onLeave }: ControlsProps) {
  const { live, call } = open;
  const words = useCallWords();
  const { you, session } = useTold(live);
  const { microphone, camera, screen } = useTold(call);
  const attempt = useCallAttempt();
  const [isChoosing, setIsChoosing] = useState(false);
  const [isEnding, setIsEnding] = useState(false);
  const hasVideo = session?.sessionType !== "AUDIO_1V1";
  const canShare = hasVideo && "getDisplayMedia" in (navigator.mediaDevices ?? {});
  const isOurs = recording.isRecording || recording.isWaiting;
  return (
    <section className="call-controls" aria-label={words.controls}>
      <Toggle
        isOn={microphone.isOn}
        labels={[words.microphoneOff, words.microphoneOn]}
        icons={[Mic, MicOff]}
        onChange={(isOn) => (isOn ? void call.turnOn("microphone") : call.turnOff("microphone"))}
      />
      {hasVideo && (
        <Toggle
          isOn={camera.isOn}
          labels={[words.cameraOff, words.cameraOn]}
          icons={[VideoIcon, VideoOff]}
          onChange={(isOn) => (isOn ? void call.turnOn("camera") : call.turnOff("camera"))}
        />
      )}
      {canShare && (
        <IconButton
          className={screen.isOn ? "icon-button round active" : "icon-button round"}
          label={screen.isOn ? words.stopSharing : words.shareScreen}
          icon={screen.isOn ? MonitorX : MonitorUp}
          onClick={() => (screen.isOn ? call.turnOff("screen") : void call.turnOn("screen"))}
        />
      )}
      <span className="round-popover">
        <EmojiPopover label={words.react} icon={Smile} quick={QUICK} onPick={(emoji) => live.react(emoji)} />
      </span>
      <span className="bell">
        <IconButton
          className={isChatOpen ? "icon-button round active" : "icon-button round"}
          label={unread > 0 && !isChatOpen ? words.unreadChat(unread) : words.chat}
          icon={MessageSquare}
          aria-expanded={isChatOpen}
          onClick={onChat}
        />
        {unread > 0 && !isChatOpen && (
          <span className="badge" aria-hidden="true">
            {unread}
          </span>
        )}
      </span>
      <IconButton
        className={isOurs ? "icon-button round active" : "icon-button round"}
        label={isOurs ? words.recording.stop : words.recording.start}
        icon={isOurs ? Square : Circle}
        onClick={isOurs ? recording.stop : recording.ask}
      />
      <IconButton
        className="icon-button round"
        label={words.devices}
        icon={Settings2}
        aria-haspopup="dialog"
        onClick={() => setIsChoosing(true)}
      />
      <button type="button" className="button danger leave" onClick={onLeave}>
        <PhoneOff aria-hidden="true" size={18} /> <span>{words.leave}</span>
      </button>
      {you?.role === "HOST" && (
        <button type="button" className="button danger-quiet" onClick={() => setIsEnding(true)}>
          {words.end}
        </button>
      )}
      {isChoosing && (
        <Sheet title={words.devices} onClose={() => setIsChoosing(false)}>
          <DeviceField call={call} kind="microphone" device={microphone} />
          {hasVideo && <DeviceField call={call} kind="camera" device={camera} />}
        </Sheet>
      )}
      {isEnding && (
        <Confirm
          question={words.confirmEnd}
          hint={words.confirmEndHint}
          action={words.end}
          onConfirm={() => attempt(live.end())}
          onClose={() => setIsEnding(false)}
        />
      )}
    </section>
  );
}

interface ToggleProps {
  readonly isOn: boolean;
  /** While it is on, while it is off. */
  readonly labels: readonly [string, string];
  readonly icons: readonly [typeof Mic, typeof Mic];
  readonly onChange: (isOn: boolean) => void;
}

function Toggle({ isOn, labels, icons, onChange }: ToggleProps) {
  return (
    <IconButton
      className={isOn ? "icon-button round" : "icon-button round off"}
      label={isOn ? labels[0] : labels[1]}
      icon={isOn ? icons[0] : icons[1]}
      onClick={() => onChange(!isOn)}
    />
  );
}
