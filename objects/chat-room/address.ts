/** What a room's object is called: by others who look for it, and in the databases that it is flushed to. */
export { type RoomObject, roomObject, roomObjectNamed } from "../../schema/addresses.ts";

/** What the names of rooms in `flush_positions` and `flush_parked` begin with. */
export const ROOM_FLUSH_PREFIX = "chat-room:";

/** The room as `flush_positions` and `flush_parked` name it. */
export function roomFlushName(roomId: number): string {
  return `${ROOM_FLUSH_PREFIX}${roomId}`;
}

export function roomOfFlushName(name: string): number {
  return Number(name.slice(ROOM_FLUSH_PREFIX.length));
}
