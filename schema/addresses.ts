/** Where objects are found: rooms and sessions by their id, people by theirs, in decimal. The one place that knows their names. */
import type { ChatRoomRpc, LearningSessionRpc, UserPresenceRpc } from "./rpc.ts";

interface Namespace {
  getByName(name: string): unknown;
}

interface WithSockets {
  fetch(request: Request): Promise<Response>;
}

export type RoomObject = ChatRoomRpc & WithSockets;
export type PresenceObject = UserPresenceRpc & WithSockets;
export type SessionObject = LearningSessionRpc & WithSockets;

/** Get it anew for every call: a stub that failed once stays broken. */
export function roomObject(env: { readonly CHAT_ROOM: Namespace }, roomId: number): RoomObject {
  return roomObjectNamed(env, String(roomId));
}

/** A name that is no room's id belongs to an object that stays empty: a probe. */
export function roomObjectNamed(env: { readonly CHAT_ROOM: Namespace }, name: string): RoomObject {
  // Safe: the class implements ChatRoomRpc, and a stub offers what its class does; the runtime's own stub type, which
  // wraps every value for disposal, says the same less readably.
  return env.CHAT_ROOM.getByName(name) as RoomObject;
}

/** Anew for every call, too. */
export function presenceObject(env: { readonly USER_PRESENCE: Namespace }, userId: number): PresenceObject {
  return env.USER_PRESENCE.getByName(String(userId)) as PresenceObject; // as above
}

export function sessionObject(env: { readonly LEARNING_SESSION: Namespace }, sessionId: number): SessionObject {
  return env.LEARNING_SESSION.getByName(String(sessionId)) as SessionObject; // as above
}
