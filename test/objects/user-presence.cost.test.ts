/** What presence and the inbox cost: rows written and calls between objects. */
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../schema/notifications.ts";
import { clock } from "../support/clock.ts";
import { countCalls, countRows } from "../support/cost.ts";
import { choose } from "../support/notifications.ts";
import { introduce, leave, online, openMe, presenceStub, quiet, ring, send } from "../support/presence.ts";
import { makePeople, makeRoom } from "../support/rooms.ts";
import { connect } from "../support/sockets.ts";

const PARTNERS = 5;

it("writes at most 9 rows for somebody who comes, 7 for a change, 2 for a return in time, 6 for a going, and calls who is there", async () => {
  const [a = 0, ...others] = await makePeople(1 + 2 * PARTNERS);
  for (const other of others) await introduce(a, other);
  for (const other of others.slice(0, PARTNERS)) await online(other);
  const [rowsOf, callsOf] = [await countRows(presenceStub(a)), await countCalls(presenceStub(a))];
  let [rowsBefore, callsBefore] = [await rowsOf(), callsOf()];
  const since = async () => {
    const [rows, calls] = [await rowsOf(), callsOf()];
    const cost = { rows: rows - rowsBefore, calls: calls - callsBefore };
    [rowsBefore, callsBefore] = [rows, calls];
    return cost;
  };

  const first = await online(a);
  const coming = await since();
  clock.advance(6_000);
  await first.request({ type: "status.set", status: "busy" });
  await quiet(a);
  const change = await since();
  await leave(a, first);
  await since();
  const again = await online(a);
  const comingBack = await since();
  await leave(a, again);
  clock.advance(31_000);
  await ring(a);
  await quiet(a);
  const going = await since();
  console.log(
    `presence, rows and calls, ${PARTNERS} of ${2 * PARTNERS} partners there: ${JSON.stringify({ coming, change, comingBack, going })}`,
  );
  expect(coming.calls).toBe(2 * PARTNERS);
  expect(change.calls).toBe(PARTNERS);
  expect(comingBack.calls).toBe(0);
  expect(going.calls).toBe(PARTNERS);
  expect(coming.rows).toBeLessThanOrEqual(9);
  expect(change.rows).toBeLessThanOrEqual(7);
  expect(comingBack.rows).toBeLessThanOrEqual(2);
  expect(going.rows).toBeLessThanOrEqual(6);
});

it("writes nothing for what partners show: it is in memory, and in the sockets' attachments", async () => {
  const [a = 0, b = 0] = await makePeople(2);
  await introduce(a, b);
  const hers = await online(a);
  const his = await online(b);
  await hers.waitFor("presence");
  const rowsOf = await countRows(presenceStub(a));
  for (const status of ["away", "busy", "online"]) {
    clock.advance(6_000);
    await his.request({ type: "status.set", status });
    await quiet(b);
    await hers.until(() => hers.of("presence").at(-1)?.status === status, status);
  }
  expect(await rowsOf()).toBe(0);
  await evictDurableObject(presenceStub(a));
  expect((await openMe(a)).welcome.partners).toMatchObject([{ userId: b, status: "online" }]);
});

it("writes one row in each inbox for all that is said in one window", async () => {
  const userIds = await makePeople(10);
  const room = await makeRoom(userIds);
  const writer = await connect(room.stub, { userId: userIds[0] ?? 0 });
  await send(writer);
  await runDurableObjectAlarm(room.stub);
  // What people are told of has costs of its own (notifications.cost.test.ts).
  const types = { ...DEFAULT_SETTINGS.types, MESSAGE: { inApp: false, push: false } };
  await Promise.all(userIds.map((userId) => choose(userId, { types })));
  const callsOf = await countCalls(room.stub);
  const counters = await Promise.all(userIds.map((userId) => countRows(presenceStub(userId))));
  clock.advance(5_000);
  for (let n = 0; n < 20; n += 1) await send(writer);
  clock.advance(5_000);
  await runDurableObjectAlarm(room.stub);
  const rows = await Promise.all(counters.map((rowsOf) => rowsOf()));
  console.log(`20 messages among 10: ${callsOf()} calls, rows written in each inbox: ${rows}`);
  // The first is told at once, the rest with the flush.
  expect(callsOf()).toBeLessThanOrEqual(20);
  for (const each of rows) expect(each).toBeLessThanOrEqual(2);
});
