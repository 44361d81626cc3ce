/**
 * What each task does in a room, in a session, and in the user's own object. It may be done again at any time, also after a
 * later one: it says what holds now.
 */
import type { RoomObject } from "../../objects/chat-room/address.ts";
import { type PresenceObject, type SessionObject, sessionObject } from "../../schema/addresses.ts";
import type { BlockedPair } from "../../schema/rpc.ts";
import { SESSION_LIMITS, SESSION_TIMING } from "../../schema/sessions.ts";
import { unbook, unbookIfOver } from "../planned-sessions/bookings.ts";
import { completeCreation } from "../planned-sessions/objects.ts";
import { removeRecording } from "../stored-media/recordings.ts";
import type { ClaimedFanOut, FanOutTask, SessionScope } from "./store.ts";

export interface PreparedTask {
  /** In the user's own object, besides the rooms. */
  readonly inPresence?: (presence: PresenceObject) => Promise<unknown>;
  /** In each room. What it answers is not looked at: a room that refuses has nothing to do. */
  readonly inRoom: (room: RoomObject) => Promise<unknown>;
  /** In each session that may have to hear of it. */
  readonly inSession: (session: SessionObject, sessionId: number) => Promise<unknown>;
  readonly sessions: SessionScope;
  /** What was read while it was prepared has changed since: rooms may have heard of the older state. */
  readonly isStale: () => Promise<boolean>;
}

type PrepareTask = (env: Env, fanOut: Pick<ClaimedFanOut, "userId" | "details">) => Promise<PreparedTask>;

/** Whoever has a socket of a session has it since shortly before its start at the earliest. */
const SOON_MS = SESSION_TIMING.openMs + 5 * 60_000;
/** Further ahead nothing is planned. */
const AHEAD_MS = (SESSION_LIMITS.mostDaysAhead + 1) * 24 * 60 * 60_000;

/** A task that is missing here belongs to a later version of this code, and waits for it. */
export const TASKS: Readonly<Partial<Record<FanOutTask, PrepareTask>>> = {
  END_SOCKETS: async (_, { userId, details }) => {
    const deviceId = typeof details.deviceId === "string" ? details.deviceId : undefined;
    return {
      inPresence: (presence) => presence.endSockets(userId, deviceId),
      inRoom: (room) => room.endSockets(userId, deviceId),
      inSession: (session) => session.endSockets(userId, deviceId),
      sessions: { before: Date.now() + SOON_MS },
      isStale: async () => false,
    };
  },

  PROFILE: async ({ DB: database }, { userId }) => {
    const profile = await profileOf(database, userId);
    return {
      inRoom: async (room) => profile && (await room.updateProfile(userId, profile)),
      inSession: async (session) => profile && (await session.updateProfile(userId, profile)),
      sessions: "all",
      isStale: async () => JSON.stringify(await profileOf(database, userId)) !== JSON.stringify(profile),
    };
  },

  /** Who deleted their account leaves every room, and nothing is left of their own object. Where one may not leave, nothing is lost: nobody can sign in any more. */
  LEAVE: async (env, { userId }) => ({
    inPresence: async (presence) => {
      if (!(await presence.erase())) throw new Error("partners have yet to hear that they went");
    },
    inRoom: (room) => room.removeParticipant(userId, userId),
    inSession: async (session, sessionId) => {
      // One whose creation was cut short would keep what it is about in D1 for ever.
      if (!(await session.exists()) && !(await completeCreation(env, sessionId))) return;
      await deleteRecordings(env, sessionId, userId);
      await sessionObject(env, sessionId).erase(userId);
      // Where they were the host, it does not take place.
      await unbookIfOver(env.DB, sessionId);
    },
    sessions: "all",
    isStale: async () => false,
  }),

  BLOCK: async (env, { userId, details: { otherUserId } }) => {
    const database = env.DB;
    const pair = { userId, otherId: Number(otherUserId) };
    const isBlocked = await isBlockedNow(database, pair);
    return {
      inRoom: async (room) => {
        const told = await room.block(pair, isBlocked);
        // D1 has it before the object is made: the block must not get lost in between.
        if (!told.ok) throw new Error("the room is not made yet");
      },
      inSession: async (session, sessionId) => {
        if (!isBlocked) return;
        // One that is being made just now is told as well: who is in it was looked up before.
        if (!(await session.exists())) await completeCreation(env, sessionId);
        await sessionObject(env, sessionId).separate(pair.userId, pair.otherId);
        for (const one of [pair.userId, pair.otherId]) await unbookWhoLeft(env, sessionId, one);
      },
      sessions: { before: Date.now() + AHEAD_MS },
      isStale: async () => (await isBlockedNow(database, pair)) !== isBlocked,
    };
  },
};

/** What they recorded. The files of all of it are gone already; what was half sent is given up. */
async function deleteRecordings(env: Env, sessionId: number, userId: number): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT number FROM session_recordings WHERE session_id = ? AND recorded_by_user_id = ?",
  )
    .bind(sessionId, userId)
    .all<{ number: number }>();
  for (const { number } of results) {
    const deleted = await sessionObject(env, sessionId).deleteRecording(null, number);
    if (deleted.ok) await removeRecording(env.MEDIA, deleted.value);
  }
}

/** Whoever had to go may be somewhere else at that time. */
async function unbookWhoLeft(env: Env, sessionId: number, userId: number): Promise<void> {
  const view = await sessionObject(env, sessionId).describe(userId);
  const own = view.ok ? view.value.participants.find((one) => one.userId === userId)?.invitation : undefined;
  const hasLeft = view.ok ? own !== "CONFIRMED" && own !== "WAITLISTED" : view.error === "forbidden";
  if (hasLeft) await unbook(env.DB, { userId, sessionId });
}

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
