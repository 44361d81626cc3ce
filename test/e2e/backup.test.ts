/**
 * A backup that is made while people write, and what a restore of it makes of a service: `npm run backup`, `npm run
 * restore`. Figures are printed.
 */
import { randomInt } from "node:crypto";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roomList } from "../../schema/api/rooms.ts";
import type { RoomConnection } from "../../src/client/index.ts";
import { readArchive, writeArchive } from "../../src/local/archive.ts";
import { copyDatabase } from "../../src/local/database-copy.ts";
import {
  beginReplacement,
  commitReplacement,
  completeReplacement,
  replacedFolder,
  STATE,
} from "../../src/local/replacement.ts";
import { prepareDatabases } from "../../src/local/restored-databases.ts";
import { queryD1 } from "./support/databases.ts";
import { isContiguous } from "./support/ledger.ts";
import { type Seat, type Sent, sendUntilCut, takeSeat } from "./support/load.ts";
import { makeRoom, type Person, signIn } from "./support/people.ts";
import { runToEnd } from "./support/program.ts";
import { openSocket, socketUrl } from "./support/raw-socket.ts";
import { flushed, roomContent, storedContent } from "./support/rooms.ts";
import { freshTokens, indexed, indexedTokens } from "./support/search-index.ts";
import { cleanUp, freePort, newStateFolder, type ServerProcess, startServer } from "./support/server.ts";

const LIMITS_OFF = { RATE_LIMITS: "off" };
/** Acknowledged before the backup begins, so that its databases are at work in earnest. */
const WARM_UP = 400;
const KILL_ROUNDS = 8;

afterAll(cleanUp);

const backup = (stateFolder: string, file: string) =>
  runToEnd({ program: "src/local/backup.ts", args: [file], environment: { STUDYMATE_STATE: stateFolder } });
const restore = (stateFolder: string, ...args: string[]) =>
  runToEnd({ program: "src/local/restore.ts", args, environment: { STUDYMATE_STATE: stateFolder } });

/** One service, step after step: each `it` goes on where the last one stopped. */
describe("a service", () => {
  const [stateFolder, archives, restoredFolder] = [newStateFolder(), newStateFolder(), newStateFolder()];
  const archive = join(archives, "backup.tar.gz");
  let port: number;
  let server: ServerProcess;
  let people: Person[];
  let seats: Seat[];
  let watched: RoomConnection;
  let quietRoom: number;
  const ledger: Sent[] = [];
  /** What had been acknowledged when the backup began, as it was then. */
  let promised: Sent[];
  const isAcked = ({ ackedId }: Sent) => ackedId !== undefined;

  beforeAll(async () => {
    port = await freePort();
    server = await startServer({ stateFolder, port, environment: LIMITS_OFF });
    people = await Promise.all(["Ara", "Bomi", "Chris"].map((name) => signIn(server.baseUrl, name)));
    const tables = [people.slice(0, 2), people];
    const rooms = await Promise.all(
      tables.map((table, index) => makeRoom(table, index === 1 ? "Everybody" : undefined)),
    );
    seats = tables.flatMap((table, index) =>
      table.map(({ id, token }): Seat => ({ roomId: rooms[index] ?? 0, userId: id, token, encoding: "msgpack" })),
    );
    quietRoom = await makeRoom(people.slice(1));
  });

  it("is backed up while everybody writes, and goes on", async () => {
    const [ara, bomi] = people;
    if (!ara || !bomi) throw new Error("There are people.");
    watched = ara.client.room(seatAt(0).roomId);
    await watched.whenLive();
    await bomi.client.room(quietRoom).send("조용하네요");
    // Flushed long before: no alarm of its own is in the backup.
    await flushed(stateFolder, quietRoom, await roomContent(server.baseUrl, quietRoom, bomi.token));

    const sockets = await Promise.all(seats.map((seat) => takeSeat(server.baseUrl, seat)));
    const load = sockets.map((socket, index) => sendUntilCut(socket, seatAt(index), ledger));
    await expect.poll(() => ledger.filter(isAcked).length, { timeout: 30_000 }).toBeGreaterThan(WARM_UP);
    promised = structuredClone(ledger.filter(isAcked));
    const made = await backup(stateFolder, archive);
    const during = ledger.filter(isAcked).length - promised.length;
    expect(made).toMatchObject({ code: 0, output: expect.stringMatching(/^Backed up \d+ databases, [\d.]+ MB, to /) });
    expect(readdirSync(archives)).toEqual(["backup.tar.gz"]);
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    expect(during, "acknowledged while it was made").toBeGreaterThan(0);

    // What comes now is not in it: some clients will be ahead of what is restored.
    const afterwards = ledger.filter(isAcked).length;
    await expect.poll(() => ledger.filter(isAcked).length, { timeout: 30_000 }).toBeGreaterThan(afterwards + 200);
    const refused = await restore(stateFolder, archive, "--force");
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining("already running") });
    await server.killAll();
    await Promise.all(load);
    console.log(`${made.output.trim()} Acknowledged before: ${promised.length}, meanwhile: ${during}.`);
  });

  it("is copied D1 first, whose rows come from the objects", async () => {
    const { files } = await readArchive(archive, newStateFolder(), AbortSignal.timeout(10_000));
    const products = files.map(({ path }) => path.split("/")[2]);
    expect(products.lastIndexOf("d1")).toBeLessThan(products.indexOf("do"));
    expect(products).not.toContain("observability");
  });

  it("is restored elsewhere, and D1 follows the rooms before anybody asks", async () => {
    const before = Date.now();
    expect(await restore(restoredFolder, archive)).toMatchObject({
      code: 0,
      output: expect.stringContaining("3 rooms"),
    });
    server = await startServer({ stateFolder: restoredFolder, port, environment: LIMITS_OFF });
    const positions = "SELECT count(*) AS rooms FROM flush_positions WHERE object LIKE 'chat-room:%' AND epoch >= ?";
    const renewed = () => queryD1(restoredFolder, positions, before)[0]?.rooms;
    await expect.poll(renewed, { timeout: 30_000 }).toBe(3);
  });

  it("has all that was acknowledged before the backup began, in one order without gaps, and D1 the same", async () => {
    let beyond = 0;
    for (const [roomId, [seat]] of Map.groupBy(seats, (one) => one.roomId)) {
      const content = await roomContent(server.baseUrl, roomId, seat?.token ?? "");
      const kept = new Map(content.messages.map((message) => [message.clientId, message]));
      const own = promised.filter((sent) => sent.roomId === roomId);
      const lost = own.filter(({ clientId, ackedId, senderId, content: text, edit }) => {
        const message = kept.get(clientId);
        // An edit that was acknowledged is there; one that was on its way may be.
        const texts = [edit?.content ?? `${text} (고침)`, ...(edit?.acked ? [] : [text])];
        return message?.id !== ackedId || message?.senderId !== senderId || !texts.includes(message?.content ?? "");
      });
      expect(lost).toEqual([]);
      expect(content.messages.filter(({ clientId }) => !ledger.some((sent) => sent.clientId === clientId))).toEqual([]);
      expect(isContiguous(content.messages.map(({ id }) => id))).toBe(true);
      const revs = content.messages.map(({ rev }) => rev).filter((rev) => rev > 0);
      expect(isContiguous(revs.sort((a, b) => a - b))).toBe(true);
      expect(content.rev).toBe(revs.length);
      await flushed(restoredFolder, roomId, content);
      await indexed(restoredFolder, roomId, content);
      expect(indexedTokens(restoredFolder, roomId)).toEqual(freshTokens(roomId, content.messages));
      expect(storedContent(restoredFolder, roomId)).toEqual(
        content.messages.map(({ reactions, corrections, ...columns }) => columns),
      );
      beyond += content.messages.length - own.length;
    }
    console.log(`Restored: ${promised.length} messages that were promised, ${beyond} that came while it was made.`);
    expect(queryD1(restoredFolder, "SELECT count(*) AS parked FROM flush_parked")).toEqual([{ parked: 0 }]);
  });

  it("shows everybody their rooms as these were restored, whatever their own object knew", async () => {
    let shown = 0;
    for (const { token } of people) {
      const response = await fetch(`${server.baseUrl}/v1/rooms`, { headers: { authorization: `Bearer ${token}` } });
      for (const { id, lastMessage } of roomList.parse(await response.json()).items) {
        expect(lastMessage?.id).toBe((await roomContent(server.baseUrl, id, token)).messageId);
        shown += 1;
      }
    }
    expect(shown).toBe(2 + 3 + 2);
  });

  it("makes clients start over that saw more, also where the numbers mean other messages by now", async () => {
    const seat = seatAt(0);
    const seen = ledger.filter(({ roomId, ackedId }) => roomId === seat.roomId && ackedId !== undefined);
    const lastSeen = Math.max(...seen.map(({ ackedId }) => ackedId ?? 0));
    const { socket, welcome } = await openSocket(socketUrl(server.baseUrl, seat.roomId), { token: seat.token });
    for (let id = Number(welcome.messageId); id < lastSeen; ) {
      const ack = await socket.request({ type: "message.send", clientId: `anew-${id}`, content: `새로 ${id}` });
      id = Number(ack.id);
    }
    socket.send({ type: "sync", ref: "old", epoch: Number(welcome.epoch) - 1, messageId: lastSeen, rev: 0 });
    expect(await socket.waitFor("sync.completed")).toMatchObject({ ref: "old", reset: true });
    socket.close();

    // The SDK's client was there all the time, and came back by itself.
    const { messages } = await roomContent(server.baseUrl, seat.roomId, seat.token);
    const newest = messages.slice(-50).map(({ id, content }) => ({ id, content }));
    const shown = () => watched.getSnapshot().messages.slice(-50);
    await expect.poll(() => shown().map(({ id, content }) => ({ id, content })), { timeout: 30_000 }).toEqual(newest);
  });

  it("takes a token that its operator made with the key that was backed up", async () => {
    const made = await runToEnd({
      program: "src/local/access-token.ts",
      args: [String(people[0]?.id)],
      environment: { STUDYMATE_STATE: restoredFolder, AUTH_SECRET: "" },
    });
    const headers = { authorization: `Bearer ${made.output.trim()}` };
    expect((await fetch(`${server.baseUrl}/v1/rooms`, { headers })).status).toBe(200);
  });

  it("gives nobody an id that somebody had since the backup", async () => {
    const dana = await signIn(server.baseUrl, "Dana");
    expect(dana.id).toBeGreaterThan(1_000_000);
    expect(await makeRoom([dana, ...people.slice(0, 1)])).toBeGreaterThan(1_000_000);
    for (const { client } of people) client.close();
    expect(await server.stop()).toBe(0);
  });

  it("is backed up and restored while it stands still, the same", async () => {
    const [again, folder] = [join(archives, "again.tar.gz"), newStateFolder()];
    expect(await backup(restoredFolder, again)).toMatchObject({ code: 0 });
    expect(await restore(folder, again)).toMatchObject({ code: 0 });
    const all = "SELECT room_id, id, content, rev FROM chat_messages ORDER BY room_id, id";
    expect(queryD1(folder, all)).toEqual(queryD1(restoredFolder, all));
    expect(readFileSync(join(folder, STATE[0]))).toEqual(readFileSync(join(restoredFolder, STATE[0])));
  });

  describe("its backup", () => {
    const messageCount = (folder: string) => queryD1(folder, "SELECT count(*) AS count FROM chat_messages")[0]?.count;

    it("is not written over another file, and not made of nothing", async () => {
      expect(await backup(stateFolder, archive)).toMatchObject({
        code: 1,
        output: expect.stringContaining("is there"),
      });
      const nowhere = await backup(stateFolder, join(archives, "nowhere/backup.tar.gz"));
      expect(nowhere).toMatchObject({ code: 1, output: expect.stringMatching(/^The folder \S+nowhere is not there/) });
      const nothing = await backup(newStateFolder(), join(archives, "nothing.tar.gz"));
      expect(nothing).toMatchObject({ code: 1, output: expect.stringContaining("nothing to back up") });
      expect(existsSync(join(archives, "nothing.tar.gz"))).toBe(false);
    });

    it("does not replace a state unless it is told to, and then keeps that one aside", async () => {
      const folder = newStateFolder();
      cpSync(restoredFolder, folder, { recursive: true });
      const count = messageCount(folder);
      expect(await restore(folder, archive)).toMatchObject({ code: 1, output: expect.stringContaining("--force") });
      expect(messageCount(folder)).toBe(count);
      expect(await restore(folder, archive, "--force")).toMatchObject({ code: 0 });
      expect(messageCount(folder)).not.toBe(count);
      expect(messageCount(replacedFolder(folder))).toBe(count);
    });

    const whole = () => gunzipSync(readFileSync(archive));
    const flipped = (bytes: Buffer) => {
      const at = Math.floor(bytes.length / 3);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
      return bytes;
    };
    const renamed = (bytes: Buffer) => {
      bytes.write("../escaped\0", 0); // the first header's name
      return bytes;
    };
    it.each([
      ["is cut off", () => readFileSync(archive).subarray(0, 10_000)],
      ["lacks its manifest", () => gzipSync(whole().subarray(0, 20 * 512))],
      ["has a changed byte", () => gzipSync(flipped(whole()))],
      ["names a file outside", () => gzipSync(renamed(whole()))],
      ["is something else", () => Buffer.from("not an archive")],
    ])("that %s is refused, and nothing is changed", async (name, bytes) => {
      const folder = newStateFolder();
      const file = join(archives, `${name}.tar.gz`);
      writeFileSync(file, bytes());
      const refused = await restore(folder, file);
      expect(refused.code).toBe(1);
      expect(refused.output).not.toMatch(/\n\s+at /);
      expect(readdirSync(folder)).toEqual([]);
    });

    it("leaves the old state or the new one, whole, when its restore is killed", async () => {
      const folder = newStateFolder();
      for (const entry of STATE) cpSync(join(restoredFolder, entry), join(folder, entry), { recursive: true });
      const [old, restored] = [messageCount(restoredFolder), await restoredCount()];
      const outcomes = { old: 0, new: 0 };
      for (let round = 0; round < KILL_ROUNDS; round += 1) {
        const { promise: timeout, resolve } = Promise.withResolvers<void>();
        await runToEnd({
          program: "src/local/restore.ts",
          args: [archive, "--force"],
          environment: { STUDYMATE_STATE: folder },
          started: (child) => {
            // The moment is the point.
            setTimeout(
              () => {
                child.kill("SIGKILL");
                resolve();
              },
              randomInt(60, 400),
            );
          },
        });
        await timeout;
        completeReplacement(folder);
        const count = messageCount(folder);
        expect([old, restored]).toContain(count);
        expect(existsSync(join(folder, STATE[0]))).toBe(true);
        outcomes[count === old ? "old" : "new"] += 1;
      }
      console.log("Restores killed:", JSON.stringify(outcomes));
    });

    async function restoredCount(): Promise<unknown> {
      const folder = newStateFolder();
      expect((await restore(folder, archive)).code).toBe(0);
      return messageCount(folder);
    }
  });

  function seatAt(index: number): Seat {
    const seat = seats[index];
    if (!seat) throw new Error("There is a seat for every socket.");
    return seat;
  }
});

describe("the exchange of a state", () => {
  const content = (folder: string) => STATE.map((entry) => readFileSync(join(folder, entry), "utf8"));
  const all = (text: string) => STATE.map(() => text);

  /** Each step of the exchange done, or not yet: what a cut may leave. */
  it.each(Array.from({ length: 2 * STATE.length + 1 }, (_, done) => done))(
    "is completed where it was cut off after %i of its renames",
    (done) => {
      const folder = newStateFolder();
      for (const entry of STATE) writeFileSync(join(folder, entry), "old");
      const coming = beginReplacement(folder);
      for (const entry of STATE) writeFileSync(join(coming, entry), "new");
      expect(completeReplacement(folder)).toBe(false);
      expect(content(folder)).toEqual(all("old"));
      commitReplacement(folder);

      const replaced = replacedFolder(folder);
      mkdirSync(replaced);
      const renames = STATE.flatMap((entry) => [
        () => renameSync(join(folder, entry), join(replaced, entry)),
        () => renameSync(join(folder, "restored", entry), join(folder, entry)),
      ]);
      for (const rename of renames.slice(0, done)) rename();

      expect(completeReplacement(folder)).toBe(true);
      expect(content(folder)).toEqual(all("new"));
      expect(content(replaced)).toEqual(all("old"));
      expect(completeReplacement(folder)).toBe(false);
    },
  );
});

describe("a second exchange", () => {
  it("keeps what the first one replaced", () => {
    const folder = newStateFolder();
    const [entry] = STATE;
    writeFileSync(join(folder, entry), "the one that matters");
    for (const restored of ["the wrong backup", "the right one", "a later one"]) {
      writeFileSync(join(beginReplacement(folder), entry), restored);
      commitReplacement(folder);
      completeReplacement(folder);
    }
    const kept = ["replaced-1", "replaced-2", "replaced", "."].map((name) =>
      readFileSync(join(folder, name, entry), "utf8"),
    );
    expect(kept).toEqual(["the one that matters", "the wrong backup", "the right one", "a later one"]);
  });
});

describe("a backup", () => {
  it("never leaves a copy of a database that others can read", async () => {
    const folder = newStateFolder();
    const [from, to] = [join(folder, "from.sqlite"), join(folder, "to.sqlite")];
    const database = new DatabaseSync(from);
    database.exec("CREATE TABLE secrets (text); INSERT INTO secrets VALUES ('ours')");
    database.close();
    for (const again of [false, true]) {
      await copyDatabase(from, to);
      expect([again, statSync(to).mode & 0o777]).toEqual([again, 0o600]);
    }
  });

  it("refuses a file that its restore would refuse", async () => {
    const folder = newStateFolder();
    const source = join(folder, "source");
    writeFileSync(source, "x");
    const files = async function* () {
      yield { path: "databases/v3/d1/copy of it.sqlite", kind: "plain" as const, source };
    };
    await expect(writeArchive(join(folder, "archive"), files())).rejects.toThrow("copy of it.sqlite");
  });

  it("of a state that was replaced meanwhile is not kept", async () => {
    const [folder, archives] = [newStateFolder(), newStateFolder()];
    const large = join(folder, "databases/v3/r2/large");
    mkdirSync(dirname(large), { recursive: true });
    writeFileSync(large, "");
    truncateSync(large, 400_000_000);
    const made = await runToEnd({
      program: "src/local/backup.ts",
      args: [join(archives, "mixed.tar.gz")],
      environment: { STUDYMATE_STATE: folder },
      started: async () => {
        await expect.poll(() => readdirSync(archives).length, { timeout: 20_000, interval: 5 }).toBe(1);
        cpSync(join(folder, "databases/v3/.."), join(folder, "coming"), {
          recursive: true,
          filter: (path) => path !== large,
        });
        renameSync(join(folder, "databases"), join(folder, "replaced"));
        renameSync(join(folder, "coming"), join(folder, "databases"));
      },
    });
    expect(made).toMatchObject({ code: 1, output: expect.stringContaining("restored meanwhile") });
    expect(readdirSync(archives)).toEqual([]);
  });
});

describe("a restore", () => {
  it.runIf(process.getuid?.() === 0)("is refused to root where the state is somebody else's", async () => {
    const [folder, file] = [newStateFolder(), join(newStateFolder(), "any.tar.gz")];
    writeFileSync(file, "");
    chownSync(folder, 12_345, 12_345);
    expect(await restore(folder, file)).toMatchObject({ code: 1, output: expect.stringContaining("user 12345") });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("restored databases", () => {
  const OBJECT = "databases/v3/do/rooms/0a.sqlite";

  function made(path: string, sql: string): string {
    const folder = newStateFolder();
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    inDatabase(join(folder, path), sql);
    return folder;
  }

  function inDatabase(file: string, sql: string): void {
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
  }

  const ROOM = `CREATE TABLE room (id, epoch, is_flush_held); INSERT INTO room VALUES (1, 5, 1);
    CREATE TABLE _due (name PRIMARY KEY, at, attempts);
    CREATE TABLE _migrations (id, name); INSERT INTO _migrations VALUES (1, 'room');`;

  const PERSON = `CREATE TABLE inbox (room_id); INSERT INTO inbox VALUES (1);
    CREATE TABLE notification_history (epoch, is_flush_held); CREATE TABLE _due (name PRIMARY KEY, at, attempts);
    CREATE TABLE me (is_filled, is_erased); INSERT INTO me VALUES (1, 0);
    CREATE TABLE _migrations (id, name); INSERT INTO _migrations VALUES (1, 'presence');`;

  it("leave a person's inbox to be filled by the rooms, but not that of a deleted account", () => {
    for (const isErased of [0, 1]) {
      const folder = made(OBJECT, `${PERSON} UPDATE me SET is_erased = ${isErased}`);
      expect(prepareDatabases(folder, 7)).toBe(0);
      const database = new DatabaseSync(join(folder, OBJECT), { readOnly: true });
      expect(database.prepare("SELECT count(*) AS rooms FROM inbox").get()).toEqual({ rooms: 0 });
      expect(database.prepare("SELECT is_filled FROM me").get()).toEqual({ is_filled: isErased });
      database.close();
    }
  });

  it.each([
    ["with a new epoch where somebody was told of something", "INSERT INTO notification_history VALUES (5, 1)", 7],
    ["as they are where nobody was", "", undefined],
  ])("get people's objects %s, and count rooms alone", (_what, told, epoch) => {
    const folder = made(OBJECT, `${PERSON} ${told}`);
    expect(prepareDatabases(folder, 7)).toBe(0);
    const database = new DatabaseSync(join(folder, OBJECT));
    expect(database.prepare("SELECT epoch FROM notification_history").get()?.epoch).toBe(epoch);
    expect(database.prepare("SELECT name FROM _due").get()?.name).toBe(epoch && "flush:main");
    database.close();
  });

  it.each([
    [
      "D1",
      "databases/v3/d1/main/0a.sqlite",
      "CREATE TABLE d1_migrations (name); INSERT INTO d1_migrations VALUES ('9999_later.sql')",
    ],
    ["a room", OBJECT, `${ROOM} INSERT INTO _migrations VALUES (9999, 'later')`],
    ["a person's object", OBJECT, `${PERSON} INSERT INTO _migrations VALUES (9999, 'later')`],
  ])("that a newer version left in %s are refused", (_what, path, sql) => {
    expect(() => prepareDatabases(made(path, sql), 7)).toThrow(/newer version.*9999_later\.sql/);
  });

  it.each([
    [
      "does not keep names",
      "CREATE TABLE _cf_METADATA (key PRIMARY KEY, value)",
      "CREATE TABLE _cf_ALARM (actor_id PRIMARY KEY, scheduled_time, actor_name)",
    ],
    [
      "lists alarms otherwise",
      "CREATE TABLE _cf_METADATA (key PRIMARY KEY, value); CREATE TABLE __miniflare_do_name (name)",
      "CREATE TABLE _cf_ALARM (actor_id PRIMARY KEY, at)",
    ],
    ["lists none", "CREATE TABLE _cf_METADATA (key PRIMARY KEY, value)", "CREATE TABLE other (a)"],
  ])("get their new epoch also where the runtime %s", (_what, runtime, alarms) => {
    const folder = made(OBJECT, `${ROOM} ${runtime}`);
    inDatabase(join(folder, dirname(OBJECT), "metadata.sqlite"), alarms);
    expect(prepareDatabases(folder, 7)).toBe(1);
    const database = new DatabaseSync(join(folder, OBJECT));
    expect(database.prepare("SELECT epoch, is_flush_held FROM room").get()).toEqual({ epoch: 7, is_flush_held: 0 });
    expect(database.prepare("SELECT name, at FROM _due").get()).toEqual({ name: "flush:main", at: 0 });
    database.close();
  });
});
