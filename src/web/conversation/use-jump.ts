import { type RefObject, useEffect, useState } from "react";
import type { RoomConnection } from "../../client/index.ts";
import type { JumpTarget } from "./message-handlers.ts";
import { useArrival } from "./use-arrival.ts";

interface JumpDeps {
  readonly room: RoomConnection;
  readonly target: JumpTarget | undefined;
  readonly list: RefObject<HTMLElement | null>;
  readonly goTo: (target: Element, block: "center" | "start") => void;
  readonly onLost: () => void;
}

/** Goes to a message of the live log: loads back to it where it must. Returns which message is marked. */
export function useJump({ room, target, list, goTo, onLost }: JumpDeps): number | undefined {
  const [loaded, setLoaded] = useState<JumpTarget>();
  useEffect(() => {
    if (target === undefined) return;
    let isOver = false;
    room.loadBackTo(target.id).then(
      () => isOver || setLoaded(target),
      () => isOver || onLost(),
    );
    return () => {
      isOver = true;
    };
  }, [room, target, onLost]);
  return useArrival({ target: loaded, list, goTo, onLost });
}
