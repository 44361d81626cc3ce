/** People's own objects and sockets, and pairs of people who know each other. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { UserPresenceRpc } from "../../schema/rpc.ts";
import { makePeople, makeRoom, type TestRoom } from "./rooms.ts";
import { type AnyFrame, connect, type SocketOptions, type TestSocket } from "./sockets.ts";

export type PresenceStub = DurableObjectStub & UserPresenceRpc;

/** As its interface says: the platform's mapped type does not end on JSON that holds JSON. */
export function presenceStub(userId: number): PresenceStub {
  return env.USER_PRESENCE.getByName(String(userId)) as unknown as PresenceStub;
}

export type OwnSocket = TestSocket & { welcome: AnyFrame };

/** A person's own socket, after its `welcome`. */
export function openMe(userId: number, options: Partial<SocketOptions> = {}): Promise<OwnSocket> {
  return connect(presenceStub(userId), { userId, of: "me", ...options });
}

export function send(socket: TestSocket, content = "안녕하세요"): Promise<AnyFrame> {
  return socket.request({ type: "message.send", clientId: crypto.randomUUID(), content });
}

/** Says something in a room, on a socket of its own. */
export async function sayIn(room: TestRoom, userId: number, content?: string): Promise<AnyFrame> {
  const socket = await connect(room.stub, { userId });
  const answer = await send(socket, content);
  socket.close();
  return answer;
}

/** A DIRECT room in which both have written, and of which both have heard. */
export async function introduce(one: number, other: number): Promise<TestRoom> {
  const room = await makeRoom([one, other], "DIRECT");
  await sayIn(room, one);
  await sayIn(room, other);
  await told(room);
  return room;
}

/** Two people who are each other's partner. */
export async function makePartners(): Promise<{ a: number; b: number; room: TestRoom }> {
  const [a = 0, b = 0] = await makePeople(2);
  return { a, b, room: await introduce(a, b) };
}

/** Everybody in the room has heard how it stands. */
export async function told(room: TestRoom): Promise<void> {
  await room.stub.flush();
}

type Row = Record<string, SqlStorageValue>;

export function rowsOf(stub: DurableObjectStub, query: string): Promise<Row[]> {
  return runInDurableObject(stub, (_, { storage }) => storage.sql.exec<Row>(query).toArray());
}

export async function meRow(userId: number): Promise<Row> {
  const [row] = await rowsOf(presenceStub(userId), "SELECT * FROM me");
  return row ?? expect.fail("no such object");
}

/** Nothing is on its way to the partners. Where the clock is ahead, alarms ring only here. */
export async function quiet(userId: number): Promise<void> {
  const stub = presenceStub(userId);
  const isOwed = async () =>
    (await rowsOf(stub, `SELECT 1 FROM _due WHERE name = 'telling' AND at <= ${Date.now()}`)).length > 0;
  // A frame before this may still wait for its group.
  await rowsOf(stub, "SELECT 1");
  await expect.poll(async () => (await isOwed()) && ring(userId), { timeout: 4_000 }).toBe(false);
}

/** Online, and everybody who is to know has heard of it. */
export async function online(userId: number, options: Partial<SocketOptions> = {}): Promise<OwnSocket> {
  const socket = await openMe(userId, options);
  await quiet(userId);
  return socket;
}

/** Closes the last socket; the object has noticed. */
export async function leave(userId: number, ...sockets: readonly TestSocket[]): Promise<void> {
  for (const socket of sockets) socket.close();
  await expect.poll(async () => (await meRow(userId)).last_seen, { timeout: 5_000 }).not.toBeNull();
}

/** The object does now what is due next, as if its time had come. */
export function ring(userId: number): Promise<boolean> {
  return runDurableObjectAlarm(presenceStub(userId));
}

/** What a socket was told of somebody's presence, in its order. */
export function seen(socket: TestSocket, userId: number): string[] {
  return socket.of("presence").flatMap((frame) => (frame.userId === userId ? [frame.status] : []));
}

/** The inbox's entry of a room as its welcome shows it; undefined where it is not in it. */
export function entryOf({ welcome }: OwnSocket, { id }: Pick<TestRoom, "id">): AnyFrame | undefined {
  return welcome.inbox.find((entry: AnyFrame) => entry.roomId === id);
}

/** The object is as if it had never been. */
export async function loseEverything(userId: number): Promise<void> {
  const lost = runInDurableObject(presenceStub(userId), async (_, state) => {
    await state.storage.deleteAll();
    // Before anything reaches the instance that knows what was there.
    state.abort("lost");
  });
  await lost.catch(() => {});
}
