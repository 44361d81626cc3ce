import { useMemo } from "react";

/** One's own track, to be shown. */
export function useDeviceStream(track: MediaStreamTrack | null): MediaStream | undefined {
  return useMemo(() => (track === null ? undefined : new MediaStream([track])), [track]);
}
