/** The sweep of files: what it removes, what it leaves, and what it is not sure of yet. And all files of one person. */
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { MediaAnswer } from "../../schema/api/media.ts";
import { sweepMedia } from "../../src/jobs/sweep-media.ts";
import { enter, groupOf, type SignedIn, signInMany } from "../support/http.ts";
import { fetchMedia, uploaded } from "../support/media.ts";
import { PNG } from "../support/pictures.ts";
import { roomStub } from "../support/rooms.ts";
import type { TestSocket } from "../support/sockets.ts";

const HOUR = 60 * 60_000;
const inHours = (hours: number) => Date.now() + hours * HOUR;

let minji: SignedIn;
let daniel: SignedIn;
let roomId: number;
let socket: TestSocket;
let picture: MediaAnswer;

beforeAll(async () => {
  [minji, daniel] = await signInMany("Minji", "Daniel");
});

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM media_files").run();
  const { objects } = await env.MEDIA.list();
  await env.MEDIA.delete(objects.map(({ key }) => key));
  ({ id: roomId } = await groupOf([minji, daniel]));
  socket = await enter(roomId, minji);
  picture = await uploaded(minji, PNG, { roomId });
  return () => socket.close();
});

/** Every step twice, as after a kill before its progress was saved. */
async function sweep(at: number) {
  const sum: Record<string, number> = {};
  let progress: string | null = sweepMedia.first(at);
  while (progress !== null) {
    const once = await sweepMedia.step(env, progress, at);
    const again = await sweepMedia.step(env, progress, at);
    for (const [name, count] of Object.entries(once.counts)) sum[name] = (sum[name] ?? 0) + count;
    progress = once.progress === null ? null : again.progress;
  }
  return sum;
}

const send = (file: MediaAnswer) =>
  socket.request({ type: "message.send", clientId: crypto.randomUUID(), messageType: "IMAGE", fileUrl: file.url });
const statusOf = ({ key }: Pick<MediaAnswer, "key">) =>
  env.DB.prepare("SELECT status FROM media_files WHERE key = ?").bind(key).first<string>("status");
const hasBytes = async ({ key }: Pick<MediaAnswer, "key">) => (await env.MEDIA.head(key)) !== null;

describe("a file that was never sent", () => {
  test("stays for as long as it could be, and is removed then", async () => {
    expect(await sweep(inHours(47))).toMatchObject({ unused: 0 });
    expect(await statusOf(picture)).toBe("STORED");
    expect(await sweep(inHours(49))).toMatchObject({ unused: 1 });
    expect([await statusOf(picture), await hasBytes(picture)]).toEqual([null, false]);
  });

  test("is removed too where the upload was cut off in between", async () => {
    await env.DB.prepare("UPDATE media_files SET status = 'PENDING'").run();
    await env.MEDIA.delete(picture.key);
    expect(await sweep(inHours(49))).toMatchObject({ unused: 1 });
    expect(await statusOf(picture)).toBeNull();
  });

  test("is removed also where there are more than a step removes", async () => {
    await env.DB.prepare(
      `INSERT INTO media_files (key, owner_id, purpose, content_type, size_bytes)
       WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 250)
       SELECT 'avatar/1/' || n, ?, 'avatar', 'image/png', 1 FROM number`,
    )
      .bind(minji.user.id)
      .run();
    await sweep(inHours(49));
    expect(await env.DB.prepare("SELECT count(*) AS n FROM media_files").first("n")).toBe(0);
  });
});

describe("a file that a message shows", () => {
  test("stays, and is not looked at again", async () => {
    await send(picture);
    await roomStub(roomId).flush();
    expect(await sweep(inHours(49))).toMatchObject({ unused: 0 });
    expect([await statusOf(picture), await hasBytes(picture)]).toEqual(["IN_USE", true]);
    expect(await sweep(inHours(49))).toMatchObject({ unused: 0 });
    expect((await fetchMedia(daniel, picture.key)).status).toBe(200);
  });

  test("stays where it was archived", async () => {
    await send(picture);
    await roomStub(roomId).flush();
    const columns = "room_id, id, sender_id, message_type, content, file_url, file_metadata, created_at, epoch, rev";
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO chat_messages_archive (${columns}) SELECT ${columns} FROM chat_messages WHERE room_id = ?`,
      ).bind(roomId),
      env.DB.prepare("DELETE FROM chat_messages WHERE room_id = ?").bind(roomId),
    ]);
    expect(await sweep(inHours(49))).toMatchObject({ unused: 0 });
    expect(await statusOf(picture)).toBe("IN_USE");
  });

  test("stays while the database has not heard of the message", async () => {
    await send(picture);
    expect(await sweep(inHours(49))).toMatchObject({ unused: 0 });
    expect([await statusOf(picture), await hasBytes(picture)]).toEqual(["STORED", true]);
  });

  test("stays while the database refuses a message of its room", async () => {
    await roomStub(roomId).flush();
    await env.DB.prepare(
      `INSERT INTO flush_parked (object, table_name, row_key, epoch, rev, reason, parked_at)
        VALUES (?, 'chat_messages', '1', 1, 0, 'refused', 1)`,
    )
      .bind(`chat-room:${roomId}`)
      .run();
    expect(await sweep(inHours(49))).toMatchObject({ unused: 0 });
    expect(await hasBytes(picture)).toBe(true);
  });
});

test("a file that a deleted message freed is removed by the next sweep", async () => {
  await send(picture);
  await roomStub(roomId).flush();
  await sweep(inHours(49));
  await socket.request({ type: "message.delete", id: 1 });
  await roomStub(roomId).flush();
  expect(await hasBytes(picture)).toBe(true);
  expect(await sweep(inHours(0))).toMatchObject({ freed: 1 });
  expect([await statusOf(picture), await hasBytes(picture)]).toEqual([null, false]);
});

test("bytes that no row tells of are removed after a month, and only those of keys like ours", async () => {
  const lost = [{ key: "avatar/1/lost" }, { key: "message/1/lost" }, { key: "voice/1/lost" }];
  const foreign = { key: "backups/1/kept" };
  for (const { key } of [...lost, foreign]) await env.MEDIA.put(key, "x");
  await send(picture);
  await roomStub(roomId).flush();
  expect(await sweep(inHours(29 * 24))).toMatchObject({ lost: 0 });
  expect(await sweep(inHours(31 * 24))).toMatchObject({ lost: 3 });
  expect(await Promise.all([...lost, foreign, picture].map(hasBytes))).toEqual([false, false, false, true, true]);
});

test("a large file that came and was not completed is removed after two days", async () => {
  const incoming = { key: `incoming/${picture.key}` };
  await env.MEDIA.put(incoming.key, "x");
  expect(await sweep(inHours(47))).toMatchObject({ lost: 0 });
  expect(await sweep(inHours(49))).toMatchObject({ lost: 1 });
  expect(await hasBytes(incoming)).toBe(false);
});

test("a recording in R2 that no session knows of is removed after a month, and one that is known stays", async () => {
  const session = await env.DB.prepare(
    `INSERT INTO learning_sessions (session_type, scheduled_start_time, scheduled_end_time) VALUES ('VIDEO_1V1', 1, 2)
     RETURNING id`,
  ).first<{ id: number }>();
  const [known, lost, ofAnother] = [minji, minji, daniel].map(({ user }, index) => ({
    key: `recording/${user.id}/name-${index}`,
  }));
  if (!known || !lost || !ofAnother) throw new Error("unreachable");
  for (const { key } of [known, lost, ofAnother]) await env.MEDIA.put(key, "x");
  await env.DB.prepare(
    `INSERT INTO session_recordings (session_id, number, file_url, media_key, recorded_by_user_id) VALUES (?, 1, '', ?, ?)`,
  )
    .bind(session?.id ?? 0, known.key, minji.user.id)
    .run();
  expect(await sweep(inHours(29 * 24))).toMatchObject({ lost: 0 });
  expect(await sweep(inHours(31 * 24))).toMatchObject({ lost: 2 });
  expect(await Promise.all([known, lost, ofAnother].map(hasBytes))).toEqual([true, false, false]);
});
