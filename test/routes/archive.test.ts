/** Old messages lie in a table of their own, and nobody can tell: not by history, not by lists, not by what is changed. */
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { roomObject } from "../../objects/chat-room/address.ts";
import { historyAnswer, roomListItem } from "../../schema/api/rooms.ts";
import { age, archiveAll, archiveStep, heldBy, storedIn } from "../support/archive.ts";
import { call, enter, groupOf, type SignedIn, say, signInMany } from "../support/http.ts";
import type { TestSocket } from "../support/sockets.ts";

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const idsOf = (rows: readonly { readonly id?: unknown }[]) => rows.map(({ id }) => id);

let minji: SignedIn;
let tom: SignedIn;

beforeAll(async () => {
  [minji, tom] = await signInMany("Minji", "Tom");
});

beforeEach(async () => {
  await env.DB.batch([
    env.DB.prepare("DELETE FROM chat_messages"),
    env.DB.prepare("DELETE FROM chat_messages_archive"),
  ]);
});

interface Conversation {
  readonly roomId: number;
  readonly hers: TestSocket;
  readonly his: TestSocket;
  flush(): Promise<unknown>;
}

/** `count` messages in turn, flushed; the first `old` of them sent long ago. */
async function converse(count: number, old: number): Promise<Conversation> {
  const { id: roomId } = await groupOf([minji, tom]);
  const [hers, his] = [await enter(roomId, minji), await enter(roomId, tom)];
  for (const number of range(1, count)) await say(number % 2 === 0 ? his : hers, `${number}번째`);
  const flush = () => roomObject(env, roomId).flush();
  await flush();
  await age(roomId, old);
  return { roomId, hers, his, flush };
}

/** Rows of rooms that have no object, `counts` old ones and as many new: for what only the tables matter to. */
async function fill(firstRoom: number, counts: readonly number[]): Promise<void> {
  await env.DB.batch(
    counts.map((count, index) =>
      env.DB.prepare(
        `INSERT INTO chat_messages (room_id, id, sender_id, content, created_at)
         WITH RECURSIVE number (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM number WHERE id < ?2 * 2)
         SELECT ?1, id, 1, 'message ' || id, iif(id <= ?2, 1700000000000, unixepoch() * 1000) + id FROM number WHERE ?2 > 0`,
      ).bind(firstRoom + index, count),
    ),
  );
}

async function countIn(table: string): Promise<number> {
  return (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>("n")) ?? -1;
}

describe("a run", () => {
  test("moves what is older than six months, and nothing else", async () => {
    const { roomId } = await converse(7, 4);
    const before = await storedIn(roomId);
    await archiveAll();
    const { live, archived } = await storedIn(roomId);
    expect([idsOf(archived), idsOf(live)]).toEqual([range(1, 4), range(5, 7)]);
    expect([...archived, ...live]).toEqual(before.live);
    expect(before.live).toEqual(await heldBy(roomId));
  });

  test("that follows moves what has become old since", async () => {
    const { roomId } = await converse(6, 2);
    await archiveAll();
    await age(roomId, 5);
    await archiveAll();
    const { live, archived } = await storedIn(roomId);
    expect([idsOf(archived), idsOf(live)]).toEqual([range(1, 5), [6]]);
  });

  test("moves nothing where nothing is old", async () => {
    const { roomId } = await converse(3, 0);
    expect(await archiveAll()).toBe(3);
    expect(idsOf((await storedIn(roomId)).live)).toEqual(range(1, 3));
  });

  test.each([
    ["one room with much", [1_203]],
    ["many rooms with little", Array.from({ length: 700 }, (_, room) => 1 + (room % 3))],
    ["a room with much among those with little", [3, 0, 1_100, 2, 0, 7, 499, 500, 501]],
  ])("of %s takes bounded steps, and moves each room's old messages wholly", async (_, counts) => {
    await fill(1, counts);
    const all = counts.reduce((sum, count) => sum + count, 0);
    let progress: string | null = null;
    let moved = 0;
    let steps = 0;
    do {
      progress = await archiveStep(progress);
      const archived = await countIn("chat_messages_archive");
      expect(archived - moved).toBeLessThanOrEqual(500 + counts.length);
      expect(archived + (await countIn("chat_messages"))).toBe(2 * all);
      moved = archived;
      steps += 1;
    } while (progress !== null);
    expect(moved).toBe(all);
    const ends = await env.DB.prepare(
      `SELECT room_id, (SELECT max(id) FROM chat_messages_archive AS old WHERE old.room_id = live.room_id) AS archived,
         min(id) AS first, max(id) AS last FROM chat_messages AS live GROUP BY room_id`,
    ).all();
    expect(ends.results).toEqual(
      counts.flatMap((count, index) =>
        count > 0 ? [{ room_id: 1 + index, archived: count, first: count + 1, last: 2 * count }] : [],
      ),
    );
    expect(steps).toBeLessThanOrEqual(Math.ceil(all / 500) + Math.ceil(counts.length / 500) + 5);
  });

  test("done again from any progress, or twice at once, does what it would have done", async () => {
    await fill(1, [800, 3, 900]);
    const early = await archiveStep(null);
    await archiveStep(early);
    await Promise.all([archiveStep(early), archiveStep(early), archiveStep(null)]);
    expect(await countIn("chat_log")).toBe(2 * 1_703);
    await archiveAll();
    expect([await countIn("chat_messages_archive"), await countIn("chat_messages")]).toEqual([1_703, 1_703]);
  });

  test("puts right what code from before the archive wrote to both tables: the newer state stays", async () => {
    await fill(1, [4]);
    await archiveAll();
    await env.DB.prepare("INSERT INTO chat_messages_archive SELECT * FROM chat_messages WHERE id = 5").run();
    await env.DB.prepare(
      "UPDATE chat_messages SET rev = 9, content = 'newer', created_at = 1700000000005 WHERE id = 5",
    ).run();
    await env.DB.prepare("UPDATE chat_messages_archive SET rev = 3 WHERE id = 5").run();
    await archiveAll();
    const { live, archived } = await storedIn(1);
    expect([idsOf(archived), idsOf(live)]).toEqual([range(1, 5), range(6, 8)]);
    expect(archived[4]).toMatchObject({ rev: 9, content: "newer" });
  });
});

describe("what it costs", () => {
  /** D1 that notes each statement with the rows that it read. */
  function metered(): { database: D1Database; seen: { sql: string; rowsRead: number }[] } {
    const seen: { sql: string; rowsRead: number }[] = [];
    const texts = new Map<D1PreparedStatement, string>();
    const note = (sql: string, { meta }: D1Result<unknown>) => seen.push({ sql, rowsRead: meta.rows_read });
    const database = {
      prepare: (sql: string) => ({
        bind: (...values: unknown[]) => {
          const statement = env.DB.prepare(sql).bind(...values);
          texts.set(statement, sql);
          const all = statement.all.bind(statement);
          return Object.assign(statement, {
            all: async () => {
              const result = await all();
              note(sql, result);
              return result;
            },
          });
        },
      }),
      batch: async (statements: D1PreparedStatement[]) => {
        const results = await env.DB.batch(statements);
        results.forEach((result, index) => {
          const statement = statements[index];
          note((statement && texts.get(statement)) ?? "", result);
        });
        return results;
      },
    };
    // The job uses nothing else of D1.
    return { database: database as unknown as D1Database, seen };
  }

  test("a room with nothing old is two rows read, however long it is", async () => {
    await env.DB.prepare(
      `INSERT INTO chat_messages (room_id, id, sender_id, created_at)
       WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 29999)
       SELECT 1 + n / 100, 1 + n % 100, 1, unixepoch() * 1000 FROM number`,
    ).run();
    const { database, seen } = metered();
    await archiveStep(null, database);
    const rowsRead = seen.reduce((sum, one) => sum + one.rowsRead, 0);
    console.log(`rows read for 300 rooms of 100 messages, none of them old: ${rowsRead}`);
    expect(rowsRead).toBeLessThanOrEqual(2 * 300 + 10);
  });

  test("a message that is moved is read seven times at most, and no statement scans a table", async () => {
    await fill(1, [5_000, 40]);
    const { database, seen } = metered();
    let progress: string | null = null;
    do progress = await archiveStep(progress, database);
    while (progress !== null);
    const rowsRead = seen.reduce((sum, one) => sum + one.rowsRead, 0);
    console.log(`rows read to move 5,040 messages: ${rowsRead}`);
    expect(rowsRead).toBeLessThanOrEqual(7 * 5_040);
    for (const sql of new Set(seen.map((one) => one.sql))) {
      const parameters = Math.max(...[...sql.matchAll(/\?(\d)/g)].map(([, number]) => Number(number)));
      const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...Array.from({ length: parameters }, () => "[]"))
        .all<{ detail: string }>();
      const details = plan.results.map(({ detail }) => detail);
      expect(details.filter((detail) => /SCAN .*(?:chat_|moved|AUTOMATIC)/.test(detail))).toEqual([]);
      expect(details.filter((detail) => /SEARCH (?:chat_messages|moved) USING PRIMARY KEY/.test(detail))).not.toEqual(
        [],
      );
    }
  });
});

describe("a message that was archived", () => {
  test("is edited, deleted, reacted to and corrected where it lies", async () => {
    const { roomId, hers, his, flush } = await converse(6, 4);
    await archiveAll();
    await hers.request({ type: "message.edit", id: 1, content: "고쳤어요" });
    await his.request({ type: "message.delete", id: 2 });
    await his.request({ type: "reaction.add", id: 3, emoji: "👍" });
    await hers.request({ type: "message.correct", id: 4, corrected: "네 번째", note: "띄어쓰기" });
    await his.request({ type: "message.edit", id: 6, content: "new and edited" });
    await say(hers, "7번째");
    await flush();
    const { live, archived } = await storedIn(roomId);
    expect([...archived, ...live]).toEqual(await heldBy(roomId));
    expect(idsOf(archived)).toEqual(range(1, 4));
    expect(archived).toMatchObject([
      { content: "고쳤어요", is_edited: 1, rev: 1 },
      { content: null, is_deleted: 1, rev: 2 },
      { reactions: expect.stringContaining("👍"), rev: 3 },
      { corrections: expect.stringContaining("띄어쓰기"), rev: 4 },
    ]);
  });

  test("is changed when a flush that began before it was archived ends after", async () => {
    const { roomId, hers, flush } = await converse(6, 4);
    await hers.request({ type: "message.edit", id: 1, content: "고쳤어요" });
    const [, archived] = await Promise.all([flush(), archiveAll(), flush()]);
    expect(archived).toBeGreaterThan(0);
    const stored = await storedIn(roomId);
    expect([...stored.archived, ...stored.live]).toEqual(await heldBy(roomId));
  });

  test("follows its room into a new epoch, and what the room does not know leaves the archive", async () => {
    const { roomId, flush } = await converse(5, 3);
    await archiveAll();
    await env.DB.prepare("INSERT INTO chat_messages_archive (room_id, id, sender_id, created_at) VALUES (?, 99, 1, 1)")
      .bind(roomId)
      .run();
    const epoch = await roomObject(env, roomId).renewEpoch();
    await flush();
    const { live, archived } = await storedIn(roomId);
    expect([idsOf(archived), idsOf(live)]).toEqual([range(1, 3), range(4, 5)]);
    expect([...archived, ...live]).toEqual(await heldBy(roomId));
    expect(archived[0]?.epoch).toBe(epoch.ok && epoch.value);
  });

  test("comes back where D1 was restored to before it was sent, and is archived again", async () => {
    const { roomId, flush } = await converse(5, 3);
    await archiveAll();
    await env.DB.batch(
      ["chat_messages", "chat_messages_archive", "flush_positions"].map((table) =>
        env.DB.prepare(`DELETE FROM ${table}`),
      ),
    );
    await flush();
    expect(idsOf((await storedIn(roomId)).live)).toEqual(range(1, 5));
    await archiveAll();
    const { live, archived } = await storedIn(roomId);
    expect([idsOf(archived), idsOf(live)]).toEqual([range(1, 3), range(4, 5)]);
  });

  test("keeps its place where D1 was restored to between two runs and is sent everything again", async () => {
    const { roomId, flush } = await converse(5, 3);
    await archiveAll();
    await env.DB.batch(["chat_messages", "flush_positions"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
    await flush();
    const { live, archived } = await storedIn(roomId);
    expect([idsOf(archived), idsOf(live)]).toEqual([range(1, 3), range(4, 5)]);
  });

  test("that was parked goes to where its neighbours are, once D1 takes it", async () => {
    const { roomId, flush } = await converse(5, 0);
    await env.DB.batch([
      env.DB.prepare("DELETE FROM chat_messages WHERE room_id = ? AND id = 2").bind(roomId),
      env.DB.prepare(
        `INSERT INTO flush_parked (object, table_name, row_key, epoch, rev, reason, parked_at)
           VALUES (?, 'chat_messages', '2', 1, 0, 'too big', 1795394042026)`,
      ).bind(`chat-room:${roomId}`),
    ]);
    await age(roomId, 4);
    await archiveAll();
    expect(idsOf((await storedIn(roomId)).archived)).toEqual([1, 3, 4]);
    await flush();
    const { live, archived } = await storedIn(roomId);
    expect([idsOf(archived), idsOf(live)]).toEqual([range(1, 4), [5]]);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM flush_parked").first("n")).toBe(0);
  });

  test("that is deleted from the live table by nobody stays out of it: writing it there again leads to the archive", async () => {
    const { roomId } = await converse(3, 2);
    await archiveAll();
    const older = "INSERT INTO chat_messages (room_id, id, sender_id, content) VALUES (?, 1, 1, 'an older state')";
    await env.DB.prepare(older).bind(roomId).run();
    expect([...(await storedIn(roomId)).archived, ...(await storedIn(roomId)).live]).toEqual(await heldBy(roomId));
  });
});

describe("readers", () => {
  async function page(roomId: number, query: string) {
    const response = await call("GET", `/v1/rooms/${roomId}/messages?limit=4${query}`, { token: tom.token });
    return historyAnswer.parse(await response.json());
  }

  test("walk over the seam in both directions, each message once and as it is in the room", async () => {
    const { roomId, hers, flush } = await converse(19, 10);
    await archiveAll();
    await hers.request({ type: "message.edit", id: 3, content: "고쳤어요" });
    await flush();
    await hers.request({ type: "message.edit", id: 9, content: "not flushed" });
    const inRoom = await heldBy(roomId);

    const older: object[] = [];
    let cursor: number | null | undefined;
    do {
      const answer = await page(roomId, cursor === undefined ? "" : `&before=${cursor}`);
      older.push(...answer.items);
      cursor = answer.nextCursor;
    } while (cursor !== null);
    expect(idsOf(older)).toEqual(range(1, 19).reverse());
    expect(older.toReversed()).toMatchObject(inRoom.map(({ id, content, rev }) => ({ id, content, rev })));

    const newer: object[] = [];
    cursor = 0;
    do {
      const answer = await page(roomId, `&after=${cursor}`);
      newer.push(...answer.items);
      cursor = answer.nextCursor;
    } while (cursor !== null);
    expect(newer).toEqual(older.toReversed());
  });

  test("see the same list of rooms when all or some of a room was archived", async () => {
    const [whole, half] = [await converse(4, 4), await converse(6, 3)];
    for (const { hers, his, flush } of [whole, half]) {
      his.send({ type: "read", id: 1 });
      await hers.waitFor((frame) => frame.type === "receipt" && frame.userId === tom.user.id);
      await flush();
    }
    const list = async () => {
      const answer = await call("GET", "/v1/rooms", { token: tom.token });
      const { items } = await answer.json<{ items: unknown[] }>();
      return items
        .map((item) => roomListItem.parse(item))
        .filter(({ id }) => id === whole.roomId || id === half.roomId);
    };
    const before = await list();
    await archiveAll();
    expect((await storedIn(whole.roomId)).live).toEqual([]);
    expect((await storedIn(half.roomId)).archived).toHaveLength(3);
    expect(await list()).toEqual(before);
    expect(before.find(({ id }) => id === whole.roomId)).toMatchObject({ unread: 1, lastMessage: { id: 4 } });
    expect(before.find(({ id }) => id === half.roomId)).toMatchObject({ unread: 2, lastMessage: { id: 6 } });
  });

  test("find history in the room while D1 is older than the archive", async () => {
    const { roomId } = await converse(8, 8);
    await archiveAll();
    await env.DB.prepare("DELETE FROM chat_messages_archive WHERE room_id = ? AND id < 5").bind(roomId).run();
    expect(idsOf((await page(roomId, "&before=6")).items)).toEqual([5, 4, 3, 2]);
  });
});
