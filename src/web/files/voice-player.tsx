import { Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useFileWords } from "../locale/files/index.ts";
import { clock } from "./file-size.ts";

interface VoicePlayerProps {
  readonly src: string;
  /** As its recorder said: what browsers record often does not say it itself. */
  readonly durationMs: number | undefined;
  readonly isReachable?: boolean;
}

/** One voice speaks at a time. */
let speaking: HTMLAudioElement | undefined;

/** A microphone is to hear nobody but the person. */
export function hush(): void {
  speaking?.pause();
}

export function VoicePlayer({ src, durationMs, isReachable = true }: VoicePlayerProps) {
  const words = useFileWords();
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setIsPlaying] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);
  const [atMs, setAtMs] = useState(0);
  const [foundMs, setFoundMs] = useState<number>();
  const lengthMs = Math.max(durationMs ?? foundMs ?? 0, atMs);

  useEffect(() => {
    const element = audio.current;
    return () => element?.pause();
  }, []);

  const toggle = () => {
    if (audio.current === null) return;
    if (isPlaying) audio.current.pause();
    else audio.current.play().catch(() => setHasFailed(true));
  };
  const Sign = isPlaying ? Pause : Play;
  const tabIndex = isReachable ? 0 : -1;
  return (
    <fieldset className="voice" aria-label={words.voice} data-playing={isPlaying}>
      {/* biome-ignore lint/a11y/useMediaCaption: what people say to each other has no captions. */}
      <audio
        ref={audio}
        src={src}
        preload="metadata"
        onPlay={(event) => {
          if (speaking !== event.currentTarget) speaking?.pause();
          speaking = event.currentTarget;
          setIsPlaying(true);
          setHasFailed(false);
        }}
        onPause={() => setIsPlaying(false)}
        onEnded={(event) => {
          event.currentTarget.currentTime = 0;
          setAtMs(0);
        }}
        onTimeUpdate={({ currentTarget }) => setAtMs(currentTarget.currentTime * 1_000)}
        onDurationChange={({ currentTarget: { duration } }) => {
          if (Number.isFinite(duration)) setFoundMs(duration * 1_000);
        }}
        onError={() => setHasFailed(true)}
      />
      <button
        type="button"
        className="icon-button primary"
        tabIndex={tabIndex}
        aria-label={isPlaying ? words.pause : words.play}
        onClick={toggle}
      >
        <Sign aria-hidden="true" size={18} fill="currentColor" />
      </button>
      {hasFailed ? (
        <span className="quiet">{words.unplayable}</span>
      ) : (
        <input
          type="range"
          min={0}
          max={Math.max(1, Math.round(lengthMs))}
          step={100}
          value={Math.round(atMs)}
          tabIndex={tabIndex}
          aria-label={words.position}
          aria-valuetext={words.positionOf(clock(atMs), clock(lengthMs))}
          onChange={(event) => {
            const ms = Number(event.currentTarget.value);
            setAtMs(ms);
            if (audio.current !== null) audio.current.currentTime = ms / 1_000;
          }}
        />
      )}
      <span className="voice-time quiet" aria-hidden="true">
        {clock(isPlaying || atMs > 0 ? atMs : lengthMs)}
      </span>
    </fieldset>
  );
}
