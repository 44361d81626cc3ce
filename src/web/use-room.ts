import { useEffect, useState } from "preact/hooks";
import type { RoomConnection, RoomSnapshot } from "../client/index.ts";

/** The room as it is now. One component, one room: give it the room's id as its key. */
export function useRoom(room: RoomConnection): RoomSnapshot {
  const [snapshot, setSnapshot] = useState(room.getSnapshot);
  useEffect(() => {
    const update = () => setSnapshot(room.getSnapshot());
    update();
    return room.subscribe(update);
  }, [room]);
  return snapshot;
}
