/** Learning sessions of the tests: made as the Worker makes them, in D1 and in their object, and people in their calls. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Answer, LearningSessionRpc, NewSession } from "../../schema/rpc.ts";
import { makePeople } from "./rooms.ts";
import { type AnyFrame, connect, type SocketOptions, type TestSocket } from "./sockets.ts";

export const MINUTE = 60_000;
export const ALL_MEDIA = { audio: true, video: true, screen: false };

export type SessionStub = DurableObjectStub & LearningSessionRpc;

/** As its interface says: the platform's mapped type does not end on JSON that holds JSON. */
export function sessionStub(id: number | string): SessionStub {
  return env.LEARNING_SESSION.getByName(String(id)) as unknown as SessionStub;
}

export interface TestSession {
  readonly id: number;
  readonly stub: SessionStub;
  /** The host first. */
  readonly userIds: readonly number[];
  readonly newSession: NewSession;
}

/** Planned with so many people, the first of them its host; nobody else has said yes. It begins in five minutes. */
export async function planSession(
  people: number | readonly number[] = 2,
  planned: Partial<NewSession> = {},
): Promise<TestSession> {
  const userIds = typeof people === "number" ? await makePeople(people) : people;
  const [hostId = 0] = userIds;
  const now = Date.now();
  const { scheduledStartTime = now + 5 * MINUTE } = planned;
  const plan = {
    sessionType: userIds.length > 2 ? ("GROUP_VIDEO" as const) : ("VIDEO_1V1" as const),
    title: "Korean and English",
    description: null,
    scheduledStartTime,
    scheduledEndTime: scheduledStartTime + 60 * MINUTE,
    primaryLanguage: "ko",
    secondaryLanguage: "en",
    maxParticipants: Math.min(4, Math.max(2, userIds.length)),
    hostId,
    seriesId: null,
    createdAt: now,
    participants: userIds.map((userId) => ({ userId, name: `Person ${userId}`, imageUrl: null })),
    ...planned,
  };
  const row = await env.DB.prepare(
    `INSERT INTO learning_sessions (session_type, title, scheduled_start_time, scheduled_end_time, primary_language,
       secondary_language, max_participants, created_by_user_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  )
    .bind(
      ...[plan.sessionType, plan.title, plan.scheduledStartTime, plan.scheduledEndTime, plan.primaryLanguage],
      ...[plan.secondaryLanguage, plan.maxParticipants, hostId],
    )
    .first<{ id: number }>();
  const id = row?.id ?? expect.fail("no session");
  await env.DB.batch(
    userIds.map((userId) =>
      env.DB.prepare("INSERT INTO session_participants (session_id, user_id, role) VALUES (?, ?, ?)").bind(
        ...[id, userId, userId === hostId ? "HOST" : "PARTICIPANT"],
      ),
    ),
  );
  const stub = sessionStub(id);
  const newSession: NewSession = { id, ...plan };
  await stub.create(newSession);
  return { id, stub, userIds, newSession };
}

/** One to which everybody has said yes. */
export async function agreedSession(
  people: number | readonly number[] = 2,
  planned: Partial<NewSession> = {},
): Promise<TestSession> {
  const session = await planSession(people, planned);
  for (const userId of session.userIds.slice(1)) granted(await session.stub.confirm(userId));
  return session;
}

export function granted<Value>(answer: Answer<Value>): Value {
  return answer.ok ? answer.value : expect.fail(answer.error);
}

export type CallSocket = TestSocket & { welcome: AnyFrame };

export function openCall(
  { id }: Pick<TestSession, "id">,
  userId: number,
  options: Partial<SocketOptions> = {},
): Promise<CallSocket> {
  // Longer than any call: the clock of a test may be far ahead.
  const expiresAt = Date.now() + 48 * 60 * MINUTE;
  return connect(sessionStub(id), { userId, of: "session", expiresAt, ...options });
}

/** In the call. */
export async function joinCall(
  session: Pick<TestSession, "id">,
  userId: number,
  options: Partial<SocketOptions> = {},
): Promise<CallSocket> {
  const socket = await openCall(session, userId, options);
  expect(await socket.request({ type: "join", media: ALL_MEDIA })).toMatchObject({ type: "ack" });
  return socket;
}

/** The alarm rings until everything is done that is due by now. */
export async function ring({ id }: Pick<TestSession, "id">): Promise<void> {
  const stub = sessionStub(id);
  const due = async () => {
    await runDurableObjectAlarm(stub);
    // One that rang by itself meanwhile has its own time.
    return sessionRows(stub, `SELECT name FROM _due WHERE at <= ${Date.now()}`);
  };
  await expect.poll(due, { timeout: 5_000 }).toEqual([]);
}

type Row = Record<string, SqlStorageValue>;

export function sessionRows(stub: DurableObjectStub, query: string): Promise<Row[]> {
  return runInDurableObject(stub, (_, { storage }) => storage.sql.exec<Row>(query).toArray());
}

export async function sessionInD1(id: number): Promise<Record<string, string | number | null>> {
  const row = await env.DB.prepare("SELECT * FROM learning_sessions WHERE id = ?")
    .bind(id)
    .first<Record<string, string | number | null>>();
  return row ?? expect.fail("no such session");
}

export async function peopleInD1(id: number): Promise<Record<string, string | number | null>[]> {
  const { results } = await env.DB.prepare("SELECT * FROM session_participants WHERE session_id = ? ORDER BY user_id")
    .bind(id)
    .all<Record<string, string | number | null>>();
  return results;
}
