/** Where in a conversation one is: in the live log, perhaps at one of its messages, or in a passage of long ago. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { RoomConnection } from "../../client/index.ts";
import type { JumpTarget } from "./message-handlers.ts";

export type Destination =
  | { readonly kind: "log"; readonly target: JumpTarget | undefined }
  | { readonly kind: "passage"; readonly target: JumpTarget };

/** So many messages back the live log is filled up; from there on it would be pages and pages. */
const NEAR_MESSAGES = 300;
const NEWEST: Destination = { kind: "log", target: undefined };

interface DestinationDeps {
  readonly room: RoomConnection;
  /** What the room has is known. */
  readonly isLive: boolean;
  /** Where the address leads to; another object is another time. */
  readonly linked: JumpTarget | undefined;
}

export function useDestination({ room, isLive, linked }: DestinationDeps) {
  const [destination, setDestination] = useState(NEWEST);

  const jump = useCallback(
    (id: number) => {
      const firstId = room.getSnapshot().messages[0]?.id ?? 1;
      setDestination({ kind: isFarBack(id, firstId) ? "passage" : "log", target: { id } });
    },
    [room],
  );
  const goToNewest = useCallback(() => setDestination(NEWEST), []);

  // Once for each: not again when a connection that was lost is back.
  const followed = useRef<JumpTarget>(undefined);
  useEffect(() => {
    if (!isLive || followed.current === linked) return;
    followed.current = linked;
    if (linked === undefined) goToNewest();
    else jump(linked.id);
  }, [isLive, linked, jump, goToNewest]);

  return { destination, jump, goToNewest };
}

/** From the first message that is loaded. */
export function isFarBack(id: number, firstId: number): boolean {
  return id < firstId - NEAR_MESSAGES;
}
