import type { RoomListItem, RoomSnapshot } from "../../client/index.ts";
import type { Formats } from "../locale/formats.ts";

/** A room's own name, or that of the people in it. */
export function nameOfListed({ name, participants }: RoomListItem, { listNames }: Formats): string {
  return name ?? listNames(participants.map((person) => person.name));
}

export function nameOfOpen({ room, participants, you }: RoomSnapshot, { listNames }: Formats): string {
  const others = participants.filter((person) => person.isActive && person.userId !== you?.userId);
  return room?.name ?? listNames(others.map((person) => person.name));
}
