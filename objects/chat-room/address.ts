/** Where a room's object is found: by the room's id, in decimal. The one place that knows its name. */
import type { ChatRoomRpc } from "../../schema/rpc.ts";

interface RoomNamespaces {
  readonly CHAT_ROOM: { getByName(name: string): unknown };
}

export interface RoomObject extends ChatRoomRpc {
  fetch(request: Request): Promise<Response>;
}

/** Get it anew for every call: a stub that failed once stays broken. */
export function roomObject(env: RoomNamespaces, roomId: number): RoomObject {
  return roomObjectNamed(env, String(roomId));
}

/** What the names of rooms in `flush_positions` and `flush_parked` begin with. */
export const ROOM_FLUSH_PREFIX = "chat-room:";

/** The room as `flush_positions` and `flush_parked` name it. */
export function roomFlushName(roomId: number): string {
  return `${ROOM_FLUSH_PREFIX}${roomId}`;
}

export function roomOfFlushName(name: string): number {
  return Number(name.slice(ROOM_FLUSH_PREFIX.length));
}

/** A name that is no room's id belongs to an object that stays empty: a probe. */
export function roomObjectNamed(env: RoomNamespaces, name: string): RoomObject {
  // Safe: the class implements ChatRoomRpc, and a stub offers what its class does; the runtime's own stub type, which
  // wraps every value for disposal, says the same less readably.
  return env.CHAT_ROOM.getByName(name) as RoomObject;
}
