import { Mic, MicOff, Video as VideoIcon, VideoOff } from "lucide-react";
import { useEffect, useState } from "react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { useCallWords } from "../locale/call/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { Check } from "../notifications/check.tsx";
import { usePreference } from "../shell/preferences.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { DeviceField } from "./device-field.tsx";
import { LevelBar } from "./level-bar.tsx";
import { chosenRelay } from "./relay-choice.ts";
import { Video } from "./stream-view.tsx";
import { type OpenCall, useTold } from "./use-call.ts";
import { useDeviceStream } from "./use-device-stream.ts";

interface LobbyProps {
  readonly open: OpenCall;
  readonly planned: SessionAnswer;
  /** Why the last try to join failed. */
  readonly problem: string | undefined;
  readonly onJoin: () => Promise<void>;
}

/** Before the call: how one is seen and heard, and who is there. */
export function Lobby({ open: { live, call }, planned, problem, onJoin }: LobbyProps) {
  const words = useCallWords();
  const { text, formats } = useLocale();
  const { connection, peers } = useTold(live);
  const { microphone, camera, state } = useTold(call);
  const relay = usePreference(chosenRelay);
  const [isJoining, setIsJoining] = useState(false);
  const stream = useDeviceStream(camera.track);
  const hasCamera = planned.sessionType !== "AUDIO_1V1";
  useEffect(() => {
    void call.turnOn("microphone");
    if (hasCamera) void call.turnOn("camera");
  }, [call, hasCamera]);
  const there = peers.filter(({ joined }) => joined).map(({ name }) => name);
  const isLive = connection.state === "live";
  return (
    <div className="lobby">
      <h1>{planned.title ?? words.untitled}</h1>
      <p className="quiet">{hasCamera ? words.lobby.hint : words.lobby.hintAudio}</p>
      <div className="lobby-columns" data-camera={hasCamera}>
        <div className="lobby-column">
          {hasCamera && (
            <div className="lobby-preview">
              {stream && camera.isOn ? (
                <Video stream={stream} label={words.lobby.preview} isMirrored />
              ) : (
                <p>{words.lobby.cameraOff}</p>
              )}
            </div>
          )}
          <div className="row lobby-buttons">
            <IconButton
              className={microphone.isOn ? "icon-button round" : "icon-button round off"}
              label={microphone.isOn ? words.microphoneOff : words.microphoneOn}
              icon={microphone.isOn ? Mic : MicOff}
              onClick={() => (microphone.isOn ? call.turnOff("microphone") : void call.turnOn("microphone"))}
            />
            {hasCamera && (
              <IconButton
                className={camera.isOn ? "icon-button round" : "icon-button round off"}
                label={camera.isOn ? words.cameraOff : words.cameraOn}
                icon={camera.isOn ? VideoIcon : VideoOff}
                onClick={() => (camera.isOn ? call.turnOff("camera") : void call.turnOn("camera"))}
              />
            )}
          </div>
        </div>
        <div className="lobby-column">
          <LevelBar call={call} />
          <div className="lobby-devices">
            <DeviceField call={call} kind="microphone" device={microphone} />
            {hasCamera && <DeviceField call={call} kind="camera" device={camera} />}
          </div>
          <Check
            label={words.lobby.relay}
            hint={words.lobby.relayHint}
            isChecked={relay === "only"}
            onChange={(isOnly) => chosenRelay.set(isOnly ? "only" : "auto")}
          />
          <p role="status">
            {!isLive && words.lobby.connecting}
            {isLive && (there.length > 0 ? words.lobby.there(formats.listNames(there)) : words.lobby.nobodyThere)}
          </p>
          {problem !== undefined && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
          <button
            type="button"
            className="button primary join"
            disabled={!isLive || isJoining}
            onClick={() => {
              setIsJoining(true);
              void onJoin().finally(() => setIsJoining(false));
            }}
          >
            {isJoining || state === "joining" ? words.lobby.joining : words.lobby.join}
          </button>
          {connection.state === "offline" && (
            <button type="button" className="text-button" onClick={() => live.reconnect()}>
              {text.tryAgain}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
