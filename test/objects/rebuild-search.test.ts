import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { rebuildSearch } from "../../src/jobs/rebuild-search.ts";
import { breakDatabase } from "../support/faults.ts";
import { makePeople, makeRoom, roomStub, type TestRoom } from "../support/rooms.ts";
import { freshTokensOfRoom, indexedTokens, matching, searchPosition } from "../support/search-database.ts";
import { connect, type TestSocket } from "../support/sockets.ts";

interface Scene {
  readonly room: TestRoom;
  readonly userId: number;
  readonly socket: TestSocket;
  say(...contents: string[]): Promise<void>;
  expectEqual(): Promise<void>;
}

beforeEach(async () => {
  // Rooms of the tests before would be rebuilt along.
  await env.DB.prepare("DELETE FROM chat_rooms").run();
});

async function scene(): Promise<Scene> {
  const [userId = 0, other = 0] = await makePeople(2);
  const room = await makeRoom([userId, other]);
  const socket = await connect(room.stub, { userId });
  let sent = 0;
  return {
    ...{ room, userId, socket },
    say: async (...contents) => {
      for (const content of contents) {
        sent += 1;
        expect(await socket.request({ type: "message.send", clientId: `say-${sent}`, content })).toMatchObject({
          type: "ack",
        });
      }
    },
    expectEqual: async () => {
      expect(await indexedTokens(room.id)).toEqual(await freshTokensOfRoom(room.id));
    },
  };
}

/** Many at once, as an earlier time left them: flushed to the main database and to the index. */
async function fill({ room, userId }: Scene, count: number, content: (id: number) => string): Promise<void> {
  await runInDurableObject(room.stub, (instance, { storage }) => {
    for (let id = 1; id <= count; id += 1) {
      storage.sql.exec(
        "INSERT INTO messages (id, sender_id, message_type, content, body_hash, created_at) VALUES (?, ?, 'TEXT', ?, '', ?)",
        ...[id, userId, content(id), 1_700_000_000_000 + id],
      );
    }
    (instance as unknown as { rebuild(): void }).rebuild();
  });
  await room.stub.flush();
}

const START = rebuildSearch.first(0);

/** Until the run is at its end; `between` is done after each step. */
async function rebuild(between: (step: number) => Promise<unknown> = async () => {}): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let progress: string | null = START;
  for (let step = 1; progress !== null; step += 1) {
    expect(step).toBeLessThan(200);
    const outcome = await rebuildSearch.step(env, progress, 0);
    for (const [name, count] of Object.entries(outcome.counts)) counts[name] = (counts[name] ?? 0) + count;
    progress = outcome.progress;
    if (progress !== null) await between(step);
  }
  return counts;
}

async function empty(): Promise<void> {
  await env.SEARCH.batch(
    ["DELETE FROM message_index", "DELETE FROM flush_positions"].map((sql) => env.SEARCH.prepare(sql)),
  );
}

it("makes of the main database what a fresh index would be, in rooms of any size, archived messages included", async () => {
  const [large, small, silent] = [await scene(), await scene(), await scene()];
  await fill(large, 1_203, (id) => `${id}번째 문장을 한국어로 씁니다`);
  await small.say("하나", "둘", "셋");
  await small.socket.request({ type: "message.edit", id: 1, content: "고친 하나" });
  await small.socket.request({ type: "message.delete", id: 2 });
  await small.room.stub.flush();
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO chat_messages_archive SELECT * FROM chat_messages WHERE room_id = ? AND id <= 700",
    ).bind(large.room.id),
    env.DB.prepare("DELETE FROM chat_messages WHERE room_id = ? AND id <= 700").bind(large.room.id),
  ]);
  await empty();
  expect(await rebuild()).toEqual({ rooms: 3, messages: 1_206 });
  for (const one of [large, small, silent]) await one.expectEqual();
  expect(await searchPosition(large.room.id)).toMatchObject({ id: 1_203 });

  // The rooms go on from there, though they believed the index to be complete all along.
  await large.say("한마디 더");
  await small.socket.request({ type: "message.edit", id: 3, content: "고친 셋" });
  await silent.say("첫마디");
  for (const one of [large, small, silent]) {
    while (await runDurableObjectAlarm(one.room.stub));
    await one.expectEqual();
  }
});

it("takes out what does not belong in the index, and keeps a small room's messages findable all the while", async () => {
  const one = await scene();
  await one.say("찾을 말");
  await one.room.stub.flush();
  await env.SEARCH.prepare(
    "INSERT INTO message_index (rowid, body, corrections, terms) VALUES ((? << 32) | 9, 'x', '', 'y')",
  )
    .bind(one.room.id)
    .run();
  await rebuild(async () => expect(await matching(one.room.id, '"찾을"')).toEqual([1]));
  await one.expectEqual();
});

it("does a step again whose progress was not saved", async () => {
  const one = await scene();
  await fill(one, 1_100, (id) => `sentence ${id}`);
  await empty();
  let progress: string | null = START;
  for (let steps = 0; progress !== null && steps < 50; steps += 1) {
    await rebuildSearch.step(env, progress, 0);
    progress = (await rebuildSearch.step(env, progress, 0)).progress;
  }
  expect(progress).toBeNull();
  await one.expectEqual();
});

it("brings over what the main database lacks and the index had", async () => {
  const one = await scene();
  await one.say("one");
  await one.room.stub.flush();
  const repair = await breakDatabase(one.room.stub, () => "before");
  await one.say("two");
  await one.room.stub.flush();
  expect(await searchPosition(one.room.id)).toMatchObject({ id: 2 });
  await repair();
  await rebuild();
  await one.expectEqual();
  expect(await searchPosition(one.room.id)).toMatchObject({ id: 2 });
});

it("leaves a room to itself of which the main database refused something", async () => {
  const one = await scene();
  await one.say("one", "two", "three");
  await one.room.stub.flush();
  // As if it had refused an edit of the first, and the second altogether.
  const object = `chat-room:${one.room.id}`;
  await env.DB.batch([
    env.DB.prepare("DELETE FROM chat_messages WHERE room_id = ? AND id = 2").bind(one.room.id),
    env.DB.prepare(
      "INSERT INTO flush_parked VALUES (?, 'chat_messages', '2', 1, 0, 'no', 0), (?, 'chat_messages', '1', 1, 1, 'no', 0)",
    ).bind(object, object),
  ]);
  await one.socket.request({ type: "message.edit", id: 1, content: "one, edited" });
  await rebuild();
  await one.expectEqual();
});

it("leaves a room to itself of which the main database is behind, and fails while that cannot reach the index", async () => {
  const one = await scene();
  await one.say("alpha");
  await one.room.stub.flush();
  const repairMain = await breakDatabase(one.room.stub, () => "before");
  await one.socket.request({ type: "message.edit", id: 1, content: "beta" });
  await one.say("delta");
  await one.room.stub.flush();
  await rebuild();
  await one.expectEqual();

  const repairIndex = await breakDatabase(one.room.stub, () => "before", "SEARCH");
  await expect(rebuild()).rejects.toThrow("cannot reach the index");
  await repairIndex();
  await rebuild();
  await repairMain();
  while (await runDurableObjectAlarm(one.room.stub));
  await one.expectEqual();
});

it("does not set back the index of a room whose new epoch came there first", async () => {
  const one = await scene();
  await one.say("first history");
  await one.room.stub.flush();
  const repair = await breakDatabase(one.room.stub, () => "before");
  await one.room.stub.renewEpoch();
  const again = await connect(one.room.stub, { userId: one.userId });
  await again.request({ type: "message.edit", id: 1, content: "second history" });
  await one.room.stub.flush();
  await rebuild();
  await repair();
  while (await runDurableObjectAlarm(one.room.stub));
  expect(await matching(one.room.id, '"first"')).toEqual([]);
  await one.expectEqual();
});

it("takes no row of another epoch for the end of a room", async () => {
  const one = await scene();
  await fill(one, 1_200, (id) => `sentence ${id}`);
  await env.DB.prepare("UPDATE chat_messages SET epoch = epoch - 1 WHERE room_id = ? AND id = 10")
    .bind(one.room.id)
    .run();
  await empty();
  await rebuild();
  await one.expectEqual();
});

it("begins a room anew that got a new epoch meanwhile", async () => {
  const one = await scene();
  await fill(one, 1_100, (id) => `sentence ${id}`);
  await rebuild(async (step) => {
    if (step !== 1) return;
    await runInDurableObject(one.room.stub, (instance, { storage }) => {
      storage.sql.exec("DELETE FROM messages WHERE id > 900");
      (instance as unknown as { rebuild(): void }).rebuild();
    });
    await one.room.stub.renewEpoch();
    await one.room.stub.flush();
  });
  await one.expectEqual();
});

const action = fc.oneof(
  fc.record({ kind: fc.constant("say" as const), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constantFrom("edit" as const, "delete" as const, "correct" as const), nth: fc.nat(2_000) }),
  fc.record({ kind: fc.constantFrom("flush" as const, "evict" as const, "step" as const, "repeat" as const) }),
  fc.record({ kind: fc.constant("break" as const), binding: fc.constantFrom("DB" as const, "SEARCH" as const) }),
);

it("ends with the fresh index's contents, whatever happens between and during its steps", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 1_300 }),
      fc.array(action, { maxLength: 25 }),
      async (count, actions) => {
        await env.DB.prepare("DELETE FROM chat_rooms").run();
        const one = await scene();
        await fill(one, count, (id) => `${id}번째 문장 sentence`);
        await empty();
        let progress: string | null = START;
        let size = count;
        const step = async (isSaved: boolean) => {
          if (progress === null) return;
          const outcome = await rebuildSearch.step(env, progress, 0);
          if (isSaved) progress = outcome.progress;
        };
        for (const what of actions) {
          const id = "nth" in what && size > 0 ? 1 + (what.nth % size) : 0;
          if (what.kind === "say") {
            await one.say(...Array.from({ length: what.count }, (_, index) => `말 ${size + index}`));
            size += what.count;
          } else if (what.kind === "edit" && id > count) {
            await one.socket.request({ type: "message.edit", id, content: `고친 말 ${id}` });
          } else if (what.kind === "delete" && id > 0) await one.socket.request({ type: "message.delete", id });
          else if (what.kind === "flush") await Promise.all([one.room.stub.flush(), step(true)]);
          else if (what.kind === "evict") {
            await roomStub(one.room.id).exists();
            await evictDurableObject(roomStub(one.room.id));
          } else if (what.kind === "step") await step(true);
          else if (what.kind === "repeat") await step(false);
          else if (what.kind === "break") {
            const repair = await breakDatabase(one.room.stub, () => "after", what.binding);
            await one.room.stub.flush();
            await repair();
          }
        }
        while (progress !== null) await step(true);
        while (await runDurableObjectAlarm(roomStub(one.room.id)));
        await one.expectEqual();
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
}, 60_000);
