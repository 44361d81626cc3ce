/** Tells when a device may have slept or changed its network, where there is a page to tell it; silent elsewhere. */
export interface WakeUps {
  readonly onWake?: () => void;
  readonly onNetworkLost?: () => void;
  /** The page is about to be hidden, frozen or left: the last moment in which code is sure to run. */
  readonly onHide?: () => void;
}

interface Listening {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** Returns what ends it. */
export function watchWakeUps({ onWake, onNetworkLost, onHide }: WakeUps): () => void {
  // Node has neither, and a Worker's global listens to other things: both are looked for by name.
  const { window, document } = globalThis as { window?: Listening; document?: Listening & { visibilityState: string } };
  if (window === undefined || document === undefined) return () => {};
  const onVisibility = () => (document.visibilityState === "visible" ? onWake?.() : onHide?.());
  // `pageshow`: back from the back/forward cache. `freeze` and `resume`: a tab that was put to sleep unseen.
  const watched: readonly (readonly [Listening, string, (() => void) | undefined])[] = [
    [window, "online", onWake],
    [window, "offline", onNetworkLost],
    [window, "pageshow", onWake],
    [window, "pagehide", onHide],
    [document, "resume", onWake],
    [document, "freeze", onHide],
    [document, "visibilitychange", onVisibility],
  ];
  for (const [target, type, listener] of watched) if (listener) target.addEventListener(type, listener);
  return () => {
    for (const [target, type, listener] of watched) if (listener) target.removeEventListener(type, listener);
  };
}

/** Nobody sees a hidden page; where there is no page, somebody is assumed to look. */
export function isVisible(): boolean {
  // Looked for by name, as above.
  const { document } = globalThis as { document?: { visibilityState: string } };
  return document?.visibilityState !== "hidden";
}
