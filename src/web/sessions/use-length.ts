import { useCallback } from "react";
import { useSessionWords } from "../locale/sessions/index.ts";

const MINUTE_S = 60;

/** How long something took, in words. */
export function useLength(): (seconds: number) => string {
  const { after } = useSessionWords();
  return useCallback(
    (total: number) => {
      const [minutes, seconds] = [Math.floor(total / MINUTE_S), Math.round(total % MINUTE_S)];
      if (minutes === 0) return after.seconds(seconds);
      return seconds === 0 ? after.minutes(minutes) : after.minutesSeconds(minutes, seconds);
    },
    [after],
  );
}
