/** Evictions, kills, alarms that ring twice, a database that is away or older, rows that it refuses. */
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { RESTORED_SESSION } from "../../objects/learning-session/restored-session.ts";
import { clock } from "../support/clock.ts";
import { breakDatabase, type Fault } from "../support/faults.ts";
import {
  ALL_MEDIA,
  agreedSession,
  granted,
  joinCall,
  MINUTE,
  openCall,
  peopleInD1,
  ring,
  sessionInD1,
  sessionRows,
  sessionStub,
} from "../support/sessions.ts";

async function running() {
  const session = await agreedSession(2);
  const [host = 0, guest = 0] = session.userIds;
  const hers = await joinCall(session, host);
  const his = await joinCall(session, guest);
  await hers.waitFor("session.started");
  return { session, host, guest, hers, his };
}

it("goes on with a call through an eviction between any two steps", async () => {
  const { session, host, guest, hers, his } = await running();
  const steps = [
    { type: "media", audio: false, video: true, screen: true },
    { type: "chat", content: "하나" },
    { type: "recording.consent", granted: true },
    { type: "language.switch" },
    { type: "leave" },
    { type: "join", media: ALL_MEDIA },
  ];
  for (const step of steps) {
    await evictDurableObject(session.stub);
    expect(await hers.request(step)).toMatchObject({ type: "ack" });
  }
  await evictDurableObject(session.stub);
  his.send({ type: "signal", to: host, toGeneration: 1, candidate: { candidate: "", sdpMid: "0" } });
  expect(await hers.waitFor("signal")).toMatchObject({ from: guest, candidate: { candidate: "", sdpMid: "0" } });
  expect(his.of("peer.left")).toHaveLength(1);
  expect(his.of("peer.joined").at(-1)).toMatchObject({ peer: { userId: host, generation: 1, joined: true } });
});

it("holds nobody in a call whom a kill cut off, and lets them come again", async () => {
  const { session, host, guest } = await running();
  await abortAllDurableObjects();
  const hers = await openCall(session, host);
  expect(hers.welcome).toMatchObject({
    session: { status: "IN_PROGRESS" },
    you: { generation: 2 },
    peers: [{ userId: guest, connected: false, joined: true }],
  });
  expect(await hers.request({ type: "join", media: ALL_MEDIA })).toMatchObject({ generation: 2 });
  clock.advance(61_000);
  await ring(session);
  expect(await hers.waitFor("peer.left")).toMatchObject({ userId: guest, reason: "lost" });
  const again = await joinCall(session, guest);
  expect(again.welcome.you).toMatchObject({ generation: 2 });
});

it("counts nobody for long whom a kill cut off, and who does not come back", async () => {
  const { session } = await running();
  clock.advance(2 * MINUTE);
  await abortAllDurableObjects();
  const stub = sessionStub(session.id);
  const [due] = await sessionRows(stub, "SELECT at FROM _due WHERE name = 'timeline'");
  expect(Number(due?.at) - Date.now()).toBeLessThanOrEqual(5 * MINUTE);
  for (const seconds of [0, 61, 31]) {
    clock.advance(seconds * 1_000);
    await ring(session);
  }
  await stub.flush();
  expect(await sessionInD1(session.id)).toMatchObject({ status: "COMPLETED", end_reason: "EVERYBODY_LEFT" });
  for (const { participation_time } of await peopleInD1(session.id)) {
    expect(participation_time).toBeGreaterThanOrEqual(2 * 60);
    expect(participation_time).toBeLessThanOrEqual(2 * 60 + 5);
  }
});

it("runs its alarm twice without doing anything twice", async () => {
  const { session, hers } = await running();
  clock.advance(2 * 60 * MINUTE);
  await runInDurableObject(session.stub, async (instance) => {
    const { alarm } = instance as unknown as { alarm(): Promise<void> };
    await alarm.call(instance);
    await alarm.call(instance);
  });
  await hers.waitFor("session.ended");
  expect(hers.of("session.ended")).toHaveLength(1);
  const [row] = await sessionRows(session.stub, "SELECT rev FROM session");
  await runInDurableObject(session.stub, async (instance) => {
    await (instance as unknown as { alarm(): Promise<void> }).alarm();
  });
  expect(await sessionRows(session.stub, "SELECT rev FROM session")).toEqual([row]);
});

it("is over also where nobody was there when its time was", async () => {
  const { session } = await running();
  await abortAllDurableObjects();
  clock.advance(3 * 60 * MINUTE);
  // Also before the alarm is noticed.
  const { session: seen } = granted(await sessionStub(session.id).describe(session.userIds[0] ?? 0));
  expect(seen).toMatchObject({ status: "COMPLETED", endReason: "ENDED" });
  await ring(session);
  expect(await sessionInD1(session.id)).toMatchObject({ status: "COMPLETED" });
});

it("brings its end to D1 once that is back", async () => {
  const { session, hers, host } = await running();
  let fault: Fault = "before";
  await breakDatabase(session.stub, () => fault);
  await hers.request({ type: "end" });
  expect(await hers.waitFor("session.ended")).toMatchObject({ reason: "HOST" });
  for (let rings = 0; rings < 3; rings += 1) {
    await ring(session);
    clock.advance(MINUTE);
  }
  // What is planned is answered meanwhile.
  granted(await session.stub.rate(host, { rating: 5, feedback: null }));
  expect(await sessionInD1(session.id)).toMatchObject({ status: "SCHEDULED" });
  fault = "none";
  clock.advance(MINUTE);
  await ring(session);
  expect(await sessionInD1(session.id)).toMatchObject({ status: "COMPLETED", end_reason: "HOST" });
  expect((await peopleInD1(session.id)).map(({ attendance }) => attendance)).toEqual(["ATTENDED", "ATTENDED"]);
  expect((await peopleInD1(session.id))[0]).toMatchObject({ rating_given: 5 });
});

it("writes nothing twice where D1's answer was lost", async () => {
  const { session, hers } = await running();
  let fault: Fault = "after";
  await breakDatabase(session.stub, () => fault);
  await hers.request({ type: "end" });
  expect(await session.stub.flush()).toMatchObject([{ complete: false, problem: "unreachable" }]);
  fault = "none";
  expect(await session.stub.flush()).toMatchObject([{ complete: true, rowsSent: 0 }]);
  expect(await sessionInD1(session.id)).toMatchObject({ status: "COMPLETED" });
});

it("parks a row that D1 refuses, and writes the others", async () => {
  const { session, host } = await running();
  granted(await session.stub.invite(host, [{ userId: 88_888_888, name: "Ghost", imageUrl: null }]));
  expect(await session.stub.flush()).toMatchObject([{ complete: true, parked: 1 }]);
  expect(await peopleInD1(session.id)).toHaveLength(2);
  await env.DB.prepare(
    "INSERT INTO users (id, email, english_name, birth_date) VALUES (88888888, 'ghost@x.example', 'G', '1990-01-01')",
  ).run();
  expect(await session.stub.flush()).toMatchObject([{ complete: true, parked: 0 }]);
  expect(await peopleInD1(session.id)).toHaveLength(3);
});

it("fills a D1 that was restored to an older state, and leads it back under a new epoch", async () => {
  const { session, hers, host } = await running();
  await session.stub.flush();
  const old = await env.DB.prepare("SELECT rev FROM flush_positions WHERE object = ?")
    .bind(`learning-session:${session.id}`)
    .first<{ rev: number }>();
  granted(await session.stub.update(host, { title: "Newer" }));
  await env.DB.batch([
    env.DB.prepare("UPDATE learning_sessions SET title = 'Older', rev = 0 WHERE id = ?").bind(session.id),
    env.DB.prepare("UPDATE flush_positions SET rev = ? WHERE object = ?").bind(
      ...[old?.rev ?? 0, `learning-session:${session.id}`],
    ),
  ]);
  await session.stub.flush();
  expect(await sessionInD1(session.id)).toMatchObject({ title: "Newer" });

  // The object is put back to a copy: D1 is ahead of it, and left as it is until somebody decides.
  await runInDurableObject(session.stub, (instance, { storage }) => {
    storage.sql.exec("UPDATE session SET title = 'Copy', rev = 0");
    storage.sql.exec("UPDATE participants SET rev = 0");
    (instance as unknown as { rebuild(): void }).rebuild();
  });
  expect(await session.stub.flush()).toMatchObject([{ problem: "ahead" }]);
  expect((await session.stub.flushStates())[0]).toMatchObject({ isHeld: true, complete: false });
  const renewed = granted(await session.stub.renewEpoch());
  expect(renewed).toBeGreaterThan(0);
  expect((await hers.waitForClose()).code).toBe(1001);
  expect(await session.stub.flush()).toMatchObject([{ complete: true }]);
  expect(await sessionInD1(session.id)).toMatchObject({ title: "Copy", epoch: renewed });
  expect((await session.stub.flushStates())[0]).toMatchObject({ isHeld: false, complete: true, changesWaiting: 0 });
});

it("takes up a database that was put back from a copy: under a new epoch, with nobody in its call", async () => {
  const { session, host } = await running();
  await session.stub.flush();
  const { epoch: before } = await sessionInD1(session.id);
  clock.advance(5 * MINUTE);
  const restoredAt = Date.now();
  await runInDurableObject(session.stub, (_, { storage }) => {
    for (const statement of RESTORED_SESSION) storage.sql.exec(statement, restoredAt);
  });
  await abortAllDurableObjects();
  clock.advance(30_000);
  await ring(session);
  const after = await sessionInD1(session.id);
  expect(after).toMatchObject({ epoch: restoredAt, status: "COMPLETED", end_reason: "EVERYBODY_LEFT" });
  expect(Number(after.epoch)).toBeGreaterThan(Number(before));
  const { participants } = granted(await sessionStub(session.id).describe(host));
  for (const { participationTime } of participants) expect(participationTime).toBe(0);
});

it("changes nothing where its transaction fails, and goes on after that", async () => {
  const { session, hers, his } = await running();
  await runInDurableObject(session.stub, (_, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    Object.defineProperty(storage.sql, "exec", {
      value: (query: string, ...bindings: SqlStorageValue[]) => {
        if (query.includes("messages") && query.startsWith("INSERT")) throw new Error("disk I/O error");
        return exec(query, ...bindings);
      },
      configurable: true,
    });
  });
  expect(await hers.request({ type: "chat", content: "lost" })).toMatchObject({ code: "internal" });
  await runInDurableObject(session.stub, (_, { storage }) => {
    Reflect.deleteProperty(storage.sql, "exec");
  });
  expect(await hers.request({ type: "chat", content: "kept" })).toMatchObject({ type: "ack" });
  expect(await his.waitFor("chat")).toMatchObject({ message: { content: "kept" } });
  expect(his.of("chat")).toHaveLength(1);
});
