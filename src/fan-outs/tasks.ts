/** What each task does in a room, and in the user's own object. It may be done again at any time, also after a later one: it says what holds now. */
import type { RoomObject } from "../../objects/chat-room/address.ts";
import type { PresenceObject } from "../../schema/addresses.ts";
import type { BlockedPair } from "../../schema/rpc.ts";
import type { ClaimedFanOut, FanOutTask } from "./store.ts";

export interface PreparedTask {
  /** In the user's own object, besides the rooms. */
  readonly inPresence?: (presence: PresenceObject) => Promise<unknown>;
  /** In each room. What it answers is not looked at: a room that refuses has nothing to do. */
  readonly inRoom: (room: RoomObject) => Promise<unknown>;
  /** What was read while it was prepared has changed since: rooms may have heard of the older state. */
  readonly isStale: () => Promise<boolean>;
}

type PrepareTask = (database: D1Database, fanOut: Pick<ClaimedFanOut, "userId" | "details">) => Promise<PreparedTask>;

/** A task that is missing here belongs to a later version of this code, and waits for it. */
export const TASKS: Readonly<Partial<Record<FanOutTask, PrepareTask>>> = {
  END_SOCKETS: async (_, { userId, details }) => {
    const deviceId = typeof details.deviceId === "string" ? details.deviceId : undefined;
    return {
      inPresence: (presence) => presence.endSockets(userId, deviceId),
      inRoom: (room) => room.endSockets(userId, deviceId),
      isStale: async () => false,
    };
  },

  PROFILE: async (database, { userId }) => {
    const profile = await profileOf(database, userId);
    return {
      inRoom: async (room) => profile && (await room.updateProfile(userId, profile)),
      isStale: async () => JSON.stringify(await profileOf(database, userId)) !== JSON.stringify(profile),
    };
  },

  /** Who deleted their account leaves every room, and nothing is left of their own object. Where one may not leave, nothing is lost: nobody can sign in any more. */
  LEAVE: async (_, { userId }) => ({
    inPresence: async (presence) => {
      if (!(await presence.erase())) throw new Error("partners have yet to hear that they went");
    },
    inRoom: (room) => room.removeParticipant(userId, userId),
    isStale: async () => false,
  }),

  BLOCK: async (database, { userId, details: { otherUserId } }) => {
    const pair = { userId, otherId: Number(otherUserId) };
    const isBlocked = await isBlockedNow(database, pair);
    return {
      inRoom: async (room) => {
        const told = await room.block(pair, isBlocked);
        // D1 has it before the object is made: the block must not get lost in between.
        if (!told.ok) throw new Error("the room is not made yet");
      },
      isStale: async () => (await isBlockedNow(database, pair)) !== isBlocked,
    };
  },
};

async function isBlockedNow(database: D1Database, { userId, otherId }: BlockedPair): Promise<boolean> {
  const block = await database
    .prepare("SELECT 1 FROM user_blocks WHERE user_id = ? AND blocked_user_id = ?")
    .bind(userId, otherId)
    .first();
  return block !== null;
}

function profileOf(database: D1Database, userId: number): Promise<{ name: string; imageUrl: string | null } | null> {
  return database
    .prepare("SELECT english_name AS name, profile_image_url AS imageUrl FROM users WHERE id = ?")
    .bind(userId)
    .first();
}
