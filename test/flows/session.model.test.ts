/**
 * A call against the clock: in whichever order people come, go, are lost, talk and ask for the other language, and whatever
 * becomes of the object meanwhile, nobody has talked longer than they were there, and the session comes to its end.
 */
import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { SessionView } from "../../schema/rpc.ts";
import { clock } from "../support/clock.ts";
import { makePeople } from "../support/rooms.ts";
import {
  ALL_MEDIA,
  agreedSession,
  type CallSocket,
  granted,
  MINUTE,
  openCall,
  peopleInD1,
  ring,
  sessionInD1,
  sessionStub,
  type TestSession,
} from "../support/sessions.ts";
import type { AnyFrame } from "../support/sockets.ts";

const RUNS = Math.ceil(Number(env.MODEL_RUNS) / 3);
const MOST_PEOPLE = 4;
const SESSION_MS = 10 * MINUTE;

const who = fc.nat(MOST_PEOPLE - 1);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("join" as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("leave" as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("lose" as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("come again" as const), who }) },
  {
    weight: 16,
    arbitrary: fc.record({ kind: fc.constant("speak" as const), who, active: fc.constantFrom(true, true, false) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("ask" as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("evict" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("alarm" as const) }) },
  {
    weight: 14,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 7, 20, 45, 61, 130) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

class World {
  private readonly sockets = new Map<number, CallSocket>();
  private readonly session: TestSession;
  private readonly beganAt = Date.now();

  constructor(session: TestSession) {
    this.session = session;
  }

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case "join":
        return this.ask(one.who, { type: "join", media: ALL_MEDIA });
      case "leave":
        return this.ask(one.who, { type: "leave" });
      case "ask":
        return this.ask(one.who, { type: "language.switch" });
      case "speak":
        return this.ask(one.who, { type: "speaking", active: one.active });
      case "lose": {
        const userId = this.userId(one.who);
        this.sockets.get(userId)?.close();
        this.sockets.delete(userId);
        return;
      }
      case "come again":
        await this.open(one.who);
        return;
      case "evict":
        await evictDurableObject(this.session.stub).catch(() => {});
        return;
      case "kill":
        await abortAllDurableObjects();
        this.sockets.clear();
        return;
      case "alarm":
        await runDurableObjectAlarm(this.stub).catch(() => {});
        return;
      case "wait":
        clock.advance(one.seconds * 1_000);
        return;
    }
  }

  /** Of two who see each other exactly one is polite, and nobody has talked longer than they were there. */
  async check(): Promise<void> {
    const view = await this.view();
    this.checkSums(view);
    for (const [userId, { frames }] of this.sockets) {
      for (const { peer } of frames.filter((frame) => frame.type.startsWith("peer.") && frame.peer !== undefined)) {
        expect(peer.polite).toBe(userId > peer.userId);
      }
    }
  }

  /** Seconds talked in all. */
  async end(): Promise<number> {
    // The latest it can be over.
    clock.advance(15 * MINUTE + SESSION_MS);
    await ring(this.session);
    const view = await this.view();
    expect(["COMPLETED", "CANCELLED"]).toContain(view.session.status);
    this.checkSums(view);
    await this.stub.flush();
    expect(await sessionInD1(this.session.id)).toMatchObject({
      status: view.session.status,
      end_reason: view.session.endReason,
    });
    const rows = await peopleInD1(this.session.id);
    for (const [index, row] of rows.entries()) {
      const { participationTime, talk, attendance } = view.participants[index] ?? expect.fail("nobody");
      expect(row).toMatchObject({ participation_time: participationTime, attendance });
      expect(JSON.parse(String(row.talk_time))).toEqual(
        Object.fromEntries(talk.map(({ language, seconds }) => [language, seconds])),
      );
    }
    for (const socket of this.sockets.values()) {
      if (!socket.closed) expect((await socket.waitForClose()).code).toBe(4404);
    }
    return view.participants.flatMap(({ talk }) => talk).reduce((sum, { seconds }) => sum + seconds, 0);
  }

  private checkSums({ session, participants }: SessionView): void {
    const elapsed = Math.ceil((Date.now() - this.beganAt) / 1_000);
    for (const { participationTime, talk } of participants) {
      const talked = talk.reduce((sum, { seconds }) => sum + seconds, 0);
      expect(talked).toBeLessThanOrEqual(participationTime);
      expect(participationTime).toBeLessThanOrEqual(elapsed);
    }
    const { actualStartTime, actualEndTime, status } = session;
    expect(actualStartTime !== null).toBe(status === "IN_PROGRESS" || status === "COMPLETED");
    if (actualEndTime !== null && actualStartTime !== null) expect(actualEndTime >= actualStartTime).toBe(true);
    const total = participants.flatMap(({ talk }) => talk).reduce((sum, { seconds }) => sum + seconds, 0);
    if (actualStartTime === null) expect(total).toBe(0);
  }

  private get stub() {
    return sessionStub(this.session.id);
  }

  private async view(): Promise<SessionView> {
    return granted(await this.stub.describe(this.userId(0)));
  }

  private userId(index: number): number {
    const { userIds } = this.session;
    return userIds[index % userIds.length] ?? expect.fail("nobody");
  }

  /** Undefined once it is over. */
  private async open(index: number): Promise<CallSocket | undefined> {
    const userId = this.userId(index);
    try {
      const socket = await openCall(this.session, userId);
      this.sockets.set(userId, socket);
      return socket;
    } catch {
      const { session } = await this.view();
      expect(session.status).not.toBe("IN_PROGRESS");
      return undefined;
    }
  }

  private async ask(index: number, frame: AnyFrame): Promise<void> {
    const known = this.sockets.get(this.userId(index));
    const socket = known && !known.closed ? known : await this.open(index);
    if (!socket) return;
    try {
      if (frame.type !== "speaking") await socket.request(frame);
      else {
        // It has no answer of its own.
        socket.send(frame);
        await socket.request({ type: "chat", content: "behind it" });
      }
    } catch {
      // The end of the session came first.
      expect(socket.closed?.code).toBe(4404);
    }
  }
}

it("ends in every story with sums that the clock allows", { timeout: 300_000 }, async () => {
  const userIds = await makePeople(MOST_PEOPLE);
  let [stories, talked] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: MOST_PEOPLE }),
      fc.constantFrom("en", null),
      fc.boolean(),
      fc.array(step, { minLength: 10, maxLength: 60, size: "max" }),
      async (people, secondaryLanguage, isEverybodyThere, steps) => {
        clock.set(0);
        const start = Date.now() + MINUTE;
        const session = await agreedSession(userIds.slice(0, people), {
          scheduledStartTime: start,
          scheduledEndTime: start + SESSION_MS,
          secondaryLanguage,
        });
        const world = new World(session);
        for (let index = 0; isEverybodyThere && index < people; index += 1) {
          await world.take({ kind: "join", who: index });
        }
        for (const one of steps) {
          await world.take(one);
          if (one.kind === "wait") await world.check();
        }
        talked += await world.end();
        stories += 1;
      },
    ),
    { numRuns: RUNS },
  );
  console.log(`sessions: ${stories} stories, ${talked} seconds talked`);
  expect(talked).toBeGreaterThan(stories);
});
