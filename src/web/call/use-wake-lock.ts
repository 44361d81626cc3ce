import { useEffect } from "react";
import { useVisible } from "../shell/use-visible.ts";

/** A screen that nobody touches stays on while one looks at a call. The browser gives it up with each change of tabs. */
export function useWakeLock(): void {
  const isVisible = useVisible();
  useEffect(() => {
    if (!isVisible || !("wakeLock" in navigator)) return;
    // Refused where the battery is low: then it is as it was.
    const asked = navigator.wakeLock.request("screen").catch(() => undefined);
    return () => {
      void asked.then((lock) => lock?.release());
    };
  }, [isVisible]);
}
