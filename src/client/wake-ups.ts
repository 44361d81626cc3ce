/** Tells when a device may have slept or changed its network, where there is a page to tell it; silent elsewhere. */
export interface WakeUps {
  readonly onWake: () => void;
  readonly onNetworkLost: () => void;
}

interface Listening {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** Returns what ends it. */
export function watchWakeUps({ onWake, onNetworkLost }: WakeUps): () => void {
  // Node has neither, and a Worker's global listens to other things: both are looked for by name.
  const { window, document } = globalThis as { window?: Listening; document?: Listening & { visibilityState: string } };
  if (window === undefined || document === undefined) return () => {};
  const onVisible = () => {
    if (document.visibilityState === "visible") onWake();
  };
  window.addEventListener("online", onWake);
  window.addEventListener("offline", onNetworkLost);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    window.removeEventListener("online", onWake);
    window.removeEventListener("offline", onNetworkLost);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
