import type { RoomListItem } from "../../client/index.ts";
import type { Formats } from "../locale/formats.ts";
import { nameOfListed } from "./room-name.ts";

/** The rooms whose name holds what was typed, then those with somebody in them whose name does. */
export function matchingRooms(
  rooms: readonly RoomListItem[],
  typed: string,
  formats: Formats,
): readonly RoomListItem[] {
  const wanted = folded(typed.trim());
  if (wanted === "") return [];
  const isNamed = (room: RoomListItem) => folded(nameOfListed(room, formats)).includes(wanted);
  const hasNamed = ({ participants }: RoomListItem) => participants.some(({ name }) => folded(name).includes(wanted));
  return [...rooms.filter(isNamed), ...rooms.filter((room) => !isNamed(room) && hasNamed(room))];
}

function folded(words: string): string {
  return words.normalize("NFC").toLowerCase();
}
