import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DIALOGUES } from "../../src/local/dialogues/index.ts";
import { DEMO_PEOPLE } from "../../src/local/people.ts";
import { groupMembers } from "../../src/local/process-group.ts";
import { dumpDatabases, queryD1 } from "./support/databases.ts";
import { makeRoom, type Person, signIn } from "./support/people.ts";
import { openSocket, socketUrl } from "./support/raw-socket.ts";
import { flushed, roomContent } from "./support/rooms.ts";
import { cleanUp, freePort, newStateFolder, ServerProcess, startServer } from "./support/server.ts";

afterAll(cleanUp);

/** All of the demo is there, once, in the objects and in D1. */
async function expectDemo({ baseUrl, stateFolder }: ServerProcess): Promise<void> {
  const readers = new Map<number, Person>();
  for (const { englishName, email } of DEMO_PEOPLE) {
    const person = await signIn(baseUrl, englishName, email);
    for (const room of (await person.client.rooms()).items) readers.set(room.id, person);
  }
  expect(readers.size).toBe(DIALOGUES.length);
  for (const [id, { token }] of readers) await flushed(stateFolder, id, await roomContent(baseUrl, id, token));

  const lines = DIALOGUES.flatMap((dialogue) => dialogue.lines);
  const count = (where: string) => queryD1(stateFolder, `SELECT count(*) AS count FROM chat_messages WHERE ${where}`);
  expect(count("true")).toEqual([{ count: lines.length }]);
  expect(count("corrections <> '[]'")).toEqual([{ count: lines.filter(([, , extras]) => extras?.better).length }]);
  expect(count("reactions <> '[]'")).toEqual([{ count: lines.filter(([, , extras]) => extras?.reactions).length }]);
  expect(count("reply_to_id > 0")).toEqual([{ count: lines.filter(([, , extras]) => extras?.back).length }]);
  expect(count("is_edited")).toEqual([{ count: lines.filter(([, , extras]) => extras?.before).length }]);
}

/** For what cannot be asked yet: the file may not be there. */
function attempt<Value>(ask: () => Value): Value | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

describe("npm start", () => {
  it.each(["127.0.0.1", "::1"])("names a port taken on %s in one line, and starts nothing", async (host) => {
    const stateFolder = newStateFolder();
    const port = await freePort();
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen({ port, host }, resolve));

    const server = new ServerProcess({ stateFolder, port });
    expect(await server.exitCode()).toBe(1);
    expect(server.output.trim().split("\n")).toEqual([expect.stringContaining(`Port ${port} is taken`)]);
    expect(existsSync(join(stateFolder, "databases"))).toBe(false);
    stranger.close();
  });

  it("refuses a port that is none", async () => {
    const server = new ServerProcess({ stateFolder: newStateFolder(), port: 8787, environment: { PORT: "many" } });
    expect(await server.exitCode()).toBe(1);
    expect(server.output.trim()).toBe('PORT must be a number from 1 to 65535, not "many".');
  });

  it("ends at once and leaves nothing when it is interrupted before it is up", async () => {
    const stateFolder = newStateFolder();
    const server = new ServerProcess({ stateFolder, port: await freePort() });
    await expect.poll(() => existsSync(join(stateFolder, "signing-key.env")), { timeout: 20_000 }).toBe(true);
    expect(await server.stop()).toBe(0);
    expect(existsSync(join(stateFolder, "running.json"))).toBe(false);
  });
});

describe("a seeding that was cut off by SIGKILL", () => {
  it("is completed by the next start, and nothing in it doubled", async () => {
    const [stateFolder, port] = [newStateFolder(), await freePort()];
    const cutOff = new ServerProcess({ stateFolder, port, environment: { SEED: "on" } });
    // Told by the log: somebody who reads the database while it is migrated can make a migration fail.
    const log = () => attempt(() => readFileSync(join(stateFolder, "server.log"), "utf8")) ?? cutOff.output;
    await expect.poll(log, { timeout: 60_000, interval: 20 }).toContain("POST /v1/rooms 201");
    await cutOff.killAll();
    expect(cutOff.output).not.toContain("Seeded");

    const server = await startServer({ stateFolder, port, environment: { SEED: "on" } });
    expect(server.output).toContain("Seeded the demo");
    await expectDemo(server);
    await server.stop();
  });
});

/** One life of a state folder, step after step: each `it` goes on where the last one stopped. */
describe("a state folder", () => {
  const stateFolder = newStateFolder();
  let port: number;
  let server: ServerProcess;
  let emily: Person;
  let minji: Person;
  let roomId: number;
  let messageId: number;

  it("is seeded with six people and all their messages, flushed to D1", async () => {
    port = await freePort();
    server = await startServer({ stateFolder, port, environment: { SEED: "on" } });
    expect(server.output).toContain(`http://localhost:${port}/?as=minji`);
    for (const file of ["signing-key.env", "push-key.env"]) {
      expect(statSync(join(stateFolder, file)).mode & 0o777).toBe(0o600);
    }

    await expectDemo(server);
  });

  it("takes more people", async () => {
    [minji, emily] = [await signIn(server.baseUrl, "Minji"), await signIn(server.baseUrl, "Emily")];
    roomId = await makeRoom([minji, emily]);
  });

  it("is in use by one start at a time", async () => {
    const second = new ServerProcess({ stateFolder, port: await freePort() });
    expect(await second.exitCode()).toBe(1);
    expect(second.output).toContain("already running");
    expect(server.hasEnded).toBe(false);
  });

  it("keeps a message acknowledged just before Ctrl-C, which leaves no process", async () => {
    const { socket } = await openSocket(socketUrl(server.baseUrl, roomId), { token: minji.token });
    const ack = await socket.request({ type: "message.send", clientId: "before-ctrl-c", content: "들려요?" });
    expect(ack).toMatchObject({ type: "ack", duplicate: false });
    messageId = Number(ack.id);

    const { group } = server;
    expect(groupMembers(group).length).toBeGreaterThan(0);
    expect(await server.stop()).toBe(0);
    expect(groupMembers(group)).toEqual([]);
  });

  it("has its people, rooms, messages and tokens after a restart, and a second seeding changes no row", async () => {
    server = await startServer({ stateFolder, port });
    const before = await roomContent(server.baseUrl, roomId, emily.token);
    expect(before.messages).toMatchObject([{ id: messageId, clientId: "before-ctrl-c", content: "들려요?" }]);
    expect(await signIn(server.baseUrl, "Minji")).toMatchObject({ id: minji.id });
    expect((await minji.client.rooms()).items).toMatchObject([{ id: roomId }]);
    await flushed(stateFolder, roomId, before);
    // What is still unread is told of a few seconds later.
    await expect.poll(() => plannedWork(stateFolder), { timeout: 40_000, interval: 500 }).toEqual([]);
    expect(await server.stop("SIGTERM")).toBe(0);

    const dump = contentOf(stateFolder);
    server = await startServer({ stateFolder, port, environment: { SEED: "on" } });
    expect(server.output).not.toContain("Seeded");
    expect(await server.stop()).toBe(0);
    expect(contentOf(stateFolder)).toEqual(dump);
  });

  it("survives SIGKILL of `npm start` alone: the next start ends the server that was left", async () => {
    server = await startServer({ stateFolder, port });
    const { group } = server;
    await server.stop("SIGKILL");
    expect(groupMembers(group).length).toBeGreaterThan(0);

    server = await startServer({ stateFolder, port });
    expect(server.output).toContain("Ended what a killed start had left running.");
    expect(groupMembers(group)).toEqual([]);
    expect(server.group).not.toBe(group);
    expect((await roomContent(server.baseUrl, roomId, emily.token)).messages).toMatchObject([{ id: messageId }]);
    expect(await server.stop()).toBe(0);
  });
});

const HOUR_MS = 3_600_000;

/** What objects have still to do soon. The demo's session to come waits for its day. */
function plannedWork(stateFolder: string): string[] {
  const tables = Object.entries(dumpDatabases(stateFolder)).filter(([table]) => table.endsWith(" _due"));
  const isSoon = ({ at }: Record<string, unknown>) => Number(at) < Date.now() + HOUR_MS;
  return tables.flatMap(([, rows]) => rows.filter(isSoon).map(({ name }) => String(name)));
}

/** All but what the seed's signing in leaves behind. */
function contentOf(stateFolder: string): ReturnType<typeof dumpDatabases> {
  const isOfSignIns = (table: string) => / (?:user_sessions|refresh_tokens|user_activity_logs)$/.test(table);
  return Object.fromEntries(Object.entries(dumpDatabases(stateFolder)).filter(([table]) => !isOfSignIns(table)));
}
