import { useEffect, useRef } from "react";

interface VideoProps {
  readonly stream: MediaStream;
  readonly label: string;
  readonly className?: string;
  /** As in a mirror: oneself. */
  readonly isMirrored?: boolean;
}

/** What a camera or a screen shows. Its sound is elsewhere. */
export function Video({ stream, label, className = "", isMirrored = false }: VideoProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => play(video.current, stream), [stream]);
  return (
    <video
      ref={video}
      className={isMirrored ? `${className} mirrored` : className}
      aria-label={label}
      autoPlay
      playsInline
      muted
    />
  );
}

/** What somebody says: nothing to see. */
export function Sound({ stream }: { readonly stream: MediaStream }) {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => play(audio.current, stream), [stream]);
  // biome-ignore lint/a11y/useMediaCaption: nobody writes down what is said in a call
  return <audio ref={audio} autoPlay />;
}

function play(element: HTMLMediaElement | null, stream: MediaStream) {
  if (element === null) return;
  element.srcObject = stream;
  // Where the browser waits for a touch of the page, the next one of its buttons is that.
  element.play().catch(() => {});
  return () => {
    element.srcObject = null;
  };
}
