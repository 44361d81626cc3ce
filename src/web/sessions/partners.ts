/** People one knows: those one writes with one to one. Pure. */
import type { RoomListItem } from "../../client/index.ts";

export interface Partner {
  readonly userId: number;
  readonly name: string;
  readonly imageUrl: string | null;
}

/** Each once, the one of the latest conversation first. */
export function partnersOf(rooms: readonly RoomListItem[]): readonly Partner[] {
  const others = rooms.flatMap(({ roomType, participants }) => (roomType === "DIRECT" ? participants.slice(0, 1) : []));
  return [...new Map(others.map((one) => [one.userId, one])).values()];
}
