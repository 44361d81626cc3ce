import { type FocusEvent, type KeyboardEvent, type PointerEvent, useState } from "react";
import type { Message } from "../../client/index.ts";

/** The message that Tab stops at, and the one under the pointer. The arrow keys go from message to message. */
export function useCurrentMessage(messages: readonly Message[]) {
  const [focusedId, setFocusedId] = useState<number>();
  const [hoveredId, setHoveredId] = useState<number>();
  const isKnown = messages.some(({ id }) => id === focusedId);
  const currentId = isKnown ? focusedId : messages.findLast(({ messageType }) => messageType !== "SYSTEM")?.id;

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const row = rowOf(event.target);
    // Inside a message the arrow keys belong to its fields and menus.
    if (row === null || row !== event.target) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-id]")];
    const at = rows.indexOf(row);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
  };

  return {
    currentId,
    hoveredId,
    listProps: {
      onKeyDown,
      onFocus: (event: FocusEvent) => {
        const row = rowOf(event.target);
        if (row !== null) setFocusedId(idOf(row));
      },
      onPointerOver: (event: PointerEvent) => {
        // A menu of a message stands elsewhere, but its events come here: it must not be taken away under the pointer.
        const isOutside = event.target instanceof Node && !event.currentTarget.contains(event.target);
        // A finger hovers over nothing: what it touches gets the focus.
        if (event.pointerType === "mouse" && !isOutside) setHoveredId(idOf(rowOf(event.target)));
      },
      onPointerLeave: () => setHoveredId(undefined),
    },
  };
}

function rowOf(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-id]") : null;
}

function idOf(row: HTMLElement | null): number | undefined {
  return row === null ? undefined : Number(row.dataset.id);
}
