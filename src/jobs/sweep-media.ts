/**
 * Removes files that nobody sees: those that a deleted message or a new picture freed, those that were uploaded and never
 * sent, and bytes in R2 that no row tells of.
 *
 * A file that is not used is older than any message that could still be sent with it. Whether one was sent is known for
 * certain once its room has flushed everything; until then it stays.
 */
import { z } from "zod";
import { roomFlushName, roomObject } from "../../objects/chat-room/address.ts";
import { messageDatabases } from "../../objects/chat-room/database.ts";
import { mediaPurpose } from "../../schema/api/media.ts";
import { mediaKey, mediaUrl } from "../../schema/media.ts";
import { removeFiles } from "../stored-media/store.ts";
import { defineJob } from "./job.ts";

/** A file can be sent for a day (`src/media/routes.ts`); the other day is for clocks and slow senders. */
const UNUSED_MS = 48 * 60 * 60_000;
/** Without a row: long enough that a database restored from a backup costs nobody the files of the days between. */
const LOST_MS = 30 * 24 * 60 * 60_000;
const FILES_PER_STEP = 100;
const OBJECTS_PER_STEP = 500;

/** What was sent straight to R2 and never completed (`src/media/large-files.ts`) lies in a place of its own. */
const INCOMING = "incoming/";
/** What is known of these, their sessions know (`src/sessions/recording-routes.ts`). */
const RECORDINGS = "recording/";
const PREFIXES = [...mediaPurpose.options.map((purpose) => `${purpose}/`), INCOMING, RECORDINGS];

const progress = z.object({
  /** When the run began, epoch milliseconds. */
  begunAt: z.int(),
  at: z.union([
    z.object({ phase: z.literal("freed") }),
    /** Files up to this one are done. */
    z.object({ phase: z.literal("unused"), createdAt: z.int(), key: z.string() }),
    z.object({ phase: z.literal("lost"), prefix: z.int(), cursor: z.string().nullable() }),
  ]),
});
type Progress = z.infer<typeof progress>;
type Place<Phase extends Progress["at"]["phase"]> = Extract<Progress["at"], { phase: Phase }>;

const FREED = `SELECT key FROM media_files WHERE freed_at IS NOT NULL LIMIT ${FILES_PER_STEP}`;
const UNUSED = `SELECT key, room_id AS roomId, created_at AS createdAt FROM media_files
  WHERE status <> 'IN_USE' AND created_at < ?1 AND (created_at, key) > (?2, ?3)
  ORDER BY created_at, key LIMIT ${FILES_PER_STEP}`;
const SHOWN = `SELECT value AS url FROM json_each(?1) WHERE EXISTS (SELECT 1 FROM chat_messages WHERE file_url = value)
  OR EXISTS (SELECT 1 FROM chat_messages_archive WHERE file_url = value)`;
const MARK_USED = "UPDATE media_files SET status = 'IN_USE' WHERE key IN (SELECT value FROM json_each(?))";
const PARKED = "SELECT DISTINCT object FROM flush_parked WHERE object IN (SELECT value FROM json_each(?))";
const UNKNOWN = "SELECT value AS key FROM json_each(?) WHERE value NOT IN (SELECT key FROM media_files)";
/** `recording/<user>/<name>`: of each, only what that user recorded is looked at. */
const UNKNOWN_RECORDINGS = `SELECT value AS key FROM json_each(?) WHERE NOT EXISTS (
  SELECT 1 FROM session_recordings AS kept
  WHERE kept.recorded_by_user_id = CAST(substr(value, ${RECORDINGS.length + 1}) AS INTEGER) AND kept.media_key = value)`;

interface UnusedFile {
  readonly key: string;
  readonly roomId: number | null;
  readonly createdAt: number;
}

export const sweepMedia = defineJob<Progress>({
  name: "sweep-media",
  schedule: "daily",
  queriesPerStep: 6 + FILES_PER_STEP,
  progress,
  first: (begunAt) => ({ begunAt, at: { phase: "freed" } }),

  async step(env, { begunAt, at }) {
    if (at.phase === "freed") {
      const keys = await keysOf(env.DB.prepare(FREED));
      await removeFiles(env, keys);
      const next = keys.length < FILES_PER_STEP ? ({ phase: "unused", createdAt: 0, key: "" } as const) : at;
      return { progress: { begunAt, at: next }, counts: { freed: keys.length } };
    }
    return at.phase === "unused" ? sweepUnused(env, begunAt, at) : sweepLost(env, begunAt, at);
  },
});

async function sweepUnused(env: Env, begunAt: number, { createdAt, key }: Place<"unused">) {
  const { results: files } = await env.DB.prepare(UNUSED)
    .bind(begunAt - UNUSED_MS, createdAt, key)
    .all<UnusedFile>();
  const shown = await shownOf(env, files);
  if (shown.size > 0) {
    await env.DB.prepare(MARK_USED)
      .bind(JSON.stringify([...shown]))
      .run();
  }
  const candidates = files.filter((file) => !shown.has(file.key));
  const settled = await settledRooms(env, new Set(candidates.flatMap(({ roomId }) => roomId ?? [])));
  const certain = candidates.filter(({ roomId }) => roomId === null || settled.has(roomId));
  // Asked again: a message may have come with the flush that settled its room.
  const shownSince = await shownOf(env, certain);
  const unused = certain.filter((file) => !shownSince.has(file.key)).map((file) => file.key);
  await removeFiles(env, unused);
  const last = files.length < FILES_PER_STEP ? undefined : files.at(-1);
  const next: Progress["at"] = last
    ? { phase: "unused", createdAt: last.createdAt, key: last.key }
    : { phase: "lost", prefix: 0, cursor: null };
  return { progress: { begunAt, at: next }, counts: { unused: unused.length } };
}

/** Keys of those that a message shows. */
async function shownOf(env: Env, files: readonly UnusedFile[]): Promise<Set<string>> {
  const urls = JSON.stringify(files.filter(({ roomId }) => roomId !== null).map(({ key }) => mediaUrl(key)));
  const shown = new Set<string>();
  if (urls === "[]") return shown;
  for (const database of messageDatabases(env)) {
    const { results } = await database.prepare(SHOWN).bind(urls).all<{ url: string }>();
    for (const { url } of results) shown.add(mediaKey(url) ?? "");
  }
  return shown;
}

/** Rooms of which the database has every message: one that waits for its flush, or had a row refused, is asked another day. */
async function settledRooms(env: Env, roomIds: ReadonlySet<number>): Promise<Set<number>> {
  const settled = new Set<number>();
  for (const roomId of roomIds) {
    const states = await roomObject(env, roomId).flushStates();
    const main = states.find(({ destination }) => destination === "main");
    if (main && !main.isHeld && main.messagesWaiting === 0 && main.changesWaiting === 0) settled.add(roomId);
  }
  if (settled.size === 0) return settled;
  const names = JSON.stringify([...settled].map(roomFlushName));
  for (const database of messageDatabases(env)) {
    const { results } = await database.prepare(PARKED).bind(names).all<{ object: string }>();
    const parked = new Set(results.map(({ object }) => object));
    for (const roomId of settled) if (parked.has(roomFlushName(roomId))) settled.delete(roomId);
  }
  return settled;
}

/** Of our own keys only: what else lies in the bucket is somebody else's. */
async function sweepLost(env: Env, begunAt: number, { prefix: index, cursor }: Place<"lost">) {
  const prefix = PREFIXES[index];
  if (prefix === undefined) return { progress: null, counts: {} };
  const listed = await env.MEDIA.list({ prefix, limit: OBJECTS_PER_STEP, ...(cursor !== null && { cursor }) });
  const before = begunAt - (prefix === INCOMING ? UNUSED_MS : LOST_MS);
  const old = listed.objects.filter(({ uploaded }) => uploaded.getTime() < before).map(({ key }) => key);
  const unknown = prefix === RECORDINGS ? UNKNOWN_RECORDINGS : UNKNOWN;
  const lost = old.length > 0 ? await keysOf(env.DB.prepare(unknown).bind(JSON.stringify(old))) : [];
  if (lost.length > 0) await env.MEDIA.delete(lost);
  const at: Progress["at"] = listed.truncated
    ? { phase: "lost", prefix: index, cursor: listed.cursor }
    : { phase: "lost", prefix: index + 1, cursor: null };
  return { progress: { begunAt, at }, counts: { lost: lost.length } };
}

async function keysOf(statement: D1PreparedStatement): Promise<string[]> {
  const { results } = await statement.all<{ key: string }>();
  return results.map(({ key }) => key);
}
