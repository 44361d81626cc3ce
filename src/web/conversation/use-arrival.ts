import { type RefObject, useEffect, useState } from "react";
import type { JumpTarget } from "./message-handlers.ts";

interface ArrivalDeps {
  /** Where to be, once its row is there; another object is another arrival. */
  readonly target: JumpTarget | undefined;
  readonly list: RefObject<HTMLElement | null>;
  readonly goTo: (target: Element, block: "center" | "start") => void;
  readonly onLost: () => void;
}

const HIGHLIGHT_MS = 2_500;

/** Shows a message that is loaded, marks it for a while and gives it the focus. Returns which one is marked. */
export function useArrival({ target, list, goTo, onLost }: ArrivalDeps): number | undefined {
  const [highlightedId, setHighlightedId] = useState<number>();
  // After the rows it needs are there.
  useEffect(() => {
    if (target === undefined) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-id="${target.id}"]`);
    if (!row) return onLost();
    goTo(row, "center");
    row.focus({ preventScroll: true });
    setHighlightedId(target.id);
    const timer = setTimeout(() => setHighlightedId(undefined), HIGHLIGHT_MS);
    return () => clearTimeout(timer);
  }, [target, list, goTo, onLost]);
  return highlightedId;
}
