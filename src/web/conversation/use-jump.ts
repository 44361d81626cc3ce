import { type RefObject, useCallback, useEffect, useState } from "react";
import type { RoomConnection } from "../../client/index.ts";

interface JumpDeps {
  readonly room: RoomConnection;
  readonly list: RefObject<HTMLElement | null>;
  readonly goTo: (target: Element, block: "center" | "start") => void;
  readonly onLost: () => void;
}

const HIGHLIGHT_MS = 2_500;

/** Goes to a message: loads back to it where it must, then shows it, marks it for a while and gives it the focus. */
export function useJump({ room, list, goTo, onLost }: JumpDeps) {
  const [target, setTarget] = useState<{ readonly id: number }>();
  const [highlightedId, setHighlightedId] = useState<number>();

  const jump = useCallback(
    (id: number) => {
      room.loadBackTo(id).then(() => setTarget({ id }), onLost);
    },
    [room, onLost],
  );

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

  return { jump, highlightedId };
}
