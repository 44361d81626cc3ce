import type { PresenceStatus } from "../../client/me/index.ts";
import { useMedia } from "../media/use-media.tsx";
import { StatusDot } from "../presence/status-dot.tsx";

interface AvatarProps {
  readonly name: string;
  /** Decides the colour: the same person has the same one everywhere. */
  readonly id: number;
  /** Where their picture is; the initial without one, and until it is there. */
  readonly imageUrl?: string | null | undefined;
  /** Nothing is shown of it where nobody can say. */
  readonly status?: PresenceStatus | undefined;
}

const HUES = 8;

/** The name beside it says who it is: nothing here for a screen reader. */
export function Avatar({ name, id, imageUrl, status }: AvatarProps) {
  const picture = useMedia(imageUrl);
  const initial = [...name.trim()][0] ?? "?";
  return (
    <span className="avatar" data-hue={id % HUES} aria-hidden="true">
      {picture?.state === "ready" ? <img src={picture.src} alt="" /> : initial.toUpperCase()}
      {status !== undefined && <StatusDot status={status} />}
    </span>
  );
}
