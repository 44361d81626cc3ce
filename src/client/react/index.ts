/** `studymate/react`: hooks for React, and for Preact through `preact/compat`. Holds no state of its own. */
import { useEffect, useState, useSyncExternalStore } from "react";
import type { RoomConnection, RoomListSnapshot, RoomSnapshot, StudyMateClient } from "../index.ts";
import type { Me, MeSnapshot } from "../me/index.ts";

export interface UsedRoom {
  readonly room: RoomConnection;
  /** The room as it is now: the component renders again after every change. */
  readonly snapshot: RoomSnapshot;
}

/**
 * The room, open while the component is mounted. Components may share a room, come and go: it closes a moment after the
 * last of them.
 *
 * ```tsx
 * const { room, snapshot } = useRoom(client, roomId);
 * return snapshot.messages.map((message) => <p key={message.id}>{message.content}</p>);
 * ```
 */
export function useRoom(client: StudyMateClient, roomId: number): UsedRoom {
  const [held, setHeld] = useState<{ readonly client: StudyMateClient; readonly room: RoomConnection }>();
  const isHeld = held?.client === client && held.room.id === roomId;
  const room = isHeld ? held.room : client.peek(roomId);
  useEffect(() => {
    const lease = client.retain(roomId);
    // Another one than was rendered, where the room was closed in between.
    setHeld({ client, room: lease.room });
    return lease.release;
  }, [client, roomId]);
  const snapshot = useSyncExternalStore(room.subscribe, room.getSnapshot, room.getSnapshot);
  return { room, snapshot };
}

/** The person's rooms, kept up to date while the component is mounted. */
export function useRoomList(client: StudyMateClient): RoomListSnapshot {
  const { subscribe, getSnapshot } = client.roomList;
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot);
}

/** One's own connection, as it is now. It stays open whoever is mounted: open and close it where you make your client. */
export function useMe({ subscribe, getSnapshot }: Me): MeSnapshot {
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot);
}
