/** Who is there: as partners show it, and where that is not known, as the room that is open sees it. Pure. */
import type { MeSnapshot, PresenceStatus } from "../../client/me/index.ts";

/** Undefined: nobody can say. `isInRoom`: they have the room open that one has open too. */
export function shownStatus(
  { connection, presence }: MeSnapshot,
  userId: number | undefined,
  isInRoom = false,
): PresenceStatus | undefined {
  const known = userId === undefined || connection.state !== "live" ? undefined : presence.get(userId)?.status;
  return isInRoom && (known === undefined || known === "offline") ? "online" : known;
}
