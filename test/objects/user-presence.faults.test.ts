/** Presence through hibernation, crashes, lost calls and clients that are gone without a word. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import { objectsBehind, replaceBinding } from "../support/faults.ts";
import {
  introduce,
  leave,
  makePartners,
  meRow,
  online,
  openMe,
  presenceStub,
  quiet,
  ring,
  rowsOf,
  seen,
} from "../support/presence.ts";
import { makePeople } from "../support/rooms.ts";

/** Only this object, without a word to its sockets. */
async function kill(userId: number): Promise<void> {
  await runInDurableObject(presenceStub(userId), (_, state) => state.abort("killed")).catch(() => {});
}

/** Also where none is set. */
function alarm(userId: number): Promise<void> {
  return runInDurableObject(presenceStub(userId), (instance) =>
    (instance as unknown as { alarm(): Promise<void> }).alarm(),
  );
}

const minutes = (count: number) => count * 60_000;

describe("hibernation", () => {
  it("keeps sockets, and what partners show: a change still arrives, and is told to who is there", async () => {
    const { a, b } = await makePartners();
    const hers = await online(a);
    const his = await online(b);
    await hers.until(() => seen(hers, b).at(-1) === "online", "him");
    await Promise.all([evictDurableObject(presenceStub(a)), evictDurableObject(presenceStub(b))]);
    clock.advance(6_000);
    await his.request({ type: "status.set", status: "busy" });
    await quiet(b);
    await hers.until(() => seen(hers, b).at(-1) === "busy", "his being busy");
    await evictDurableObject(presenceStub(a));
    const second = await openMe(a, { deviceId: "another" });
    expect(second.welcome.partners).toMatchObject([{ userId: b, status: "busy" }]);
  });

  it("does not make anybody ask again, nor tell who is not there", async () => {
    const [a = 0, b = 0, c = 0] = await makePeople(3);
    await introduce(a, b);
    await introduce(a, c);
    const hers = await online(a);
    await online(b);
    await evictDurableObject(presenceStub(a));
    const called: string[] = [];
    const counted = objectsBehind(env.USER_PRESENCE, ({ name, carryOut }) => {
      called.push(name);
      return carryOut();
    });
    await replaceBinding(presenceStub(a), "USER_PRESENCE", counted);
    await hers.request({ type: "watch", userIds: [b, c] });
    expect([seen(hers, b).at(-1), seen(hers, c).at(-1)]).toEqual(["online", "offline"]);
    expect(called).toEqual([]);
    clock.advance(6_000);
    await hers.request({ type: "status.set", status: "away" });
    await quiet(a);
    expect(called).toEqual([String(b)]);
  });

  it("forgets nothing of who closes their last socket meanwhile: only those who were there hear of the end", async () => {
    const [a = 0, b = 0, c = 0] = await makePeople(3);
    await introduce(a, b);
    await introduce(a, c);
    const hers = await online(a);
    const his = await online(b);
    await his.until(() => seen(his, a).length === 1, "her");
    await evictDurableObject(presenceStub(a));
    await leave(a, hers);
    expect((await meRow(a)).seen_partners).toBe(JSON.stringify([b]));
    await evictDurableObject(presenceStub(a));
    clock.advance(31_000);
    await ring(a);
    await his.until(() => seen(his, a).at(-1) === "offline", "her going");
  });
});

describe("the alarm", () => {
  it("does nothing twice when it runs twice", async () => {
    const { a, b } = await makePartners();
    const his = await online(b);
    const hers = await online(a);
    await his.until(() => seen(his, a).length === 1, "her");
    const before = await meRow(a);
    for (let n = 0; n < 2; n += 1) await alarm(a);
    expect(await meRow(a)).toEqual(before);
    expect(seen(his, a)).toEqual(["online"]);
    await leave(a, hers);
    clock.advance(31_000);
    expect(await ring(a)).toBe(true);
    await ring(a);
    expect(seen(his, a)).toEqual(["online", "offline"]);
  });
});

describe("a call to a partner", () => {
  it("that fails is made again, to them alone, and holds up nothing that changes meanwhile", async () => {
    const [a = 0, b = 0, c = 0] = await makePeople(3);
    await introduce(a, b);
    await introduce(a, c);
    const [his, theirs] = [await online(b), await online(c)];
    const hers = await online(a);
    await his.until(() => seen(his, a).length === 1, "her");
    const called: string[] = [];
    let isAway = true;
    const faulty = objectsBehind(env.USER_PRESENCE, async ({ name, carryOut }) => {
      called.push(name);
      if (name === String(c) && isAway) throw new Error("Network connection lost.");
      return carryOut();
    });
    await replaceBinding(presenceStub(a), "USER_PRESENCE", faulty);
    clock.advance(6_000);
    await hers.request({ type: "status.set", status: "away" });
    await ring(a);
    await his.until(() => seen(his, a).at(-1) === "away", "her being away");
    clock.advance(2_000);
    await ring(a);
    expect(called.toSorted()).toEqual([b, c, c].map(String).toSorted());
    clock.advance(4_000);
    await hers.request({ type: "status.set", status: "busy" });
    await ring(a);
    await his.until(() => seen(his, a).at(-1) === "busy", "her being busy");
    isAway = false;
    clock.advance(10_000);
    await ring(a);
    await theirs.until(() => seen(theirs, a).at(-1) === "busy", "her being busy");
  });

  it("that never succeeds is given up, so that the object may rest", async () => {
    const { a, b } = await makePartners();
    await online(b);
    let calls = 0;
    const away = objectsBehind(env.USER_PRESENCE, async () => {
      calls += 1;
      throw new Error("Network connection lost.");
    });
    await presenceStub(a).listRooms({ after: null, limit: 1 });
    await replaceBinding(presenceStub(a), "USER_PRESENCE", away);
    await openMe(a);
    for (let n = 0; n < 8; n += 1) {
      // Longer than any rest, and all of them shorter than the patience with a silent socket.
      clock.advance(33_000);
      await ring(a);
    }
    expect(calls).toBe(7);
  });

  it("whose answer is lost, or comes when it is old news, leaves both with what holds", async () => {
    const { a, b } = await makePartners();
    const hers = await online(a);
    const { promise: isLate, resolve: arrive } = Promise.withResolvers<void>();
    let delayed = 0;
    const late = objectsBehind(env.USER_PRESENCE, async ({ carryOut }) => {
      const answer = await carryOut();
      delayed += 1;
      if (delayed === 1) await isLate;
      return answer;
    });
    const his = await online(b);
    await hers.until(() => seen(hers, b).at(-1) === "online", "him");
    await replaceBinding(presenceStub(a), "USER_PRESENCE", late);
    clock.advance(6_000);
    await hers.request({ type: "status.set", status: "away" });
    const telling = ring(a);
    await expect.poll(() => delayed).toBe(1);
    await his.request({ type: "status.set", status: "busy" });
    await ring(b);
    await hers.until(() => seen(hers, b).at(-1) === "busy", "his being busy");
    arrive();
    await telling;
    expect(seen(hers, b).at(-1)).toBe("busy");
    expect(seen(his, a).at(-1)).toBe("away");
  });

  it("is one of forty-eight at most at one moment", async () => {
    const [a = 0] = await makePeople(1);
    const partners = await makePeople(60);
    // As rooms would tell it, of partners whom nobody has ever heard of.
    for (const [index, partnerId] of partners.entries()) await becomePartner(a, partnerId, index + 1);
    let [now, most, all] = [0, 0, 0];
    const counted = objectsBehind(env.USER_PRESENCE, async ({ carryOut }) => {
      now += 1;
      all += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      try {
        return await carryOut();
      } finally {
        now -= 1;
      }
    });
    await replaceBinding(presenceStub(a), "USER_PRESENCE", counted);
    await online(a);
    expect(all).toBe(60);
    expect(most).toBe(48);
  });
});

describe("a crash", () => {
  it("between writing what is told and telling it repeats the telling", async () => {
    const { a, b } = await makePartners();
    const his = await online(b);
    const hers = await online(a);
    await his.until(() => seen(his, a).length === 1, "her");
    await leave(a, hers);
    const silent = objectsBehind(env.USER_PRESENCE, () => new Promise(() => {}));
    await replaceBinding(presenceStub(a), "USER_PRESENCE", silent);
    clock.advance(31_000);
    ring(a).catch(() => {});
    await expect.poll(async () => (await meRow(a)).told_status).toBe("offline");
    expect(seen(his, a)).toEqual(["online"]);
    await kill(a);
    // The platform repeats an alarm that was cut off.
    await alarm(a);
    await his.until(() => seen(his, a).at(-1) === "offline", "her going");
    const { told_at, heard_at } = await meRow(a);
    expect(heard_at).toBe(told_at);
  });

  it("that takes all sockets leaves half a minute to come back", async () => {
    const { a, b } = await makePartners();
    const his = await online(b);
    const hers = await online(a);
    await his.until(() => seen(his, a).length === 1, "her");
    await kill(a);
    await hers.waitForClose().catch(() => {});
    // Whoever wakes it up first: here somebody who asks.
    await presenceStub(a).listRooms({ after: null, limit: 1 });
    clock.advance(29_000);
    await ring(a);
    const again = await openMe(a);
    clock.advance(5_000);
    await quiet(a);
    expect(seen(his, a)).toEqual(["online"]);
    await kill(a);
    await again.waitForClose().catch(() => {});
    await presenceStub(a).listRooms({ after: null, limit: 1 });
    clock.advance(31_000);
    await ring(a);
    await his.until(() => seen(his, a).at(-1) === "offline", "her going");
  });

  it("is noticed within five minutes, even if nobody asks: the look at the sockets was planned", async () => {
    const { a, b } = await makePartners();
    const his = await online(b);
    await online(a);
    await his.until(() => seen(his, a).length === 1, "her");
    await kill(a);
    clock.advance(minutes(5) + 1_000);
    await ring(a);
    clock.advance(31_000);
    await ring(a);
    await his.until(() => seen(his, a).at(-1) === "offline", "her going");
  });
});

describe("a client that is gone without a word", () => {
  it("is ended after five minutes and counts as gone; one that says ping stays", async () => {
    const { a, b } = await makePartners();
    const his = await online(b);
    // The platform's own clock says when it answered: this one was behind it meanwhile.
    clock.set(-minutes(6));
    const silent = await openMe(a, { deviceId: "silent" });
    const alive = await openMe(a, { deviceId: "alive", encoding: "msgpack" });
    clock.set(0);
    alive.sendRaw("ping");
    await alive.waitFor("pong");
    await quiet(a);
    await evictDurableObject(presenceStub(a));
    await ring(a);
    expect((await silent.waitForClose()).code).toBe(1001);
    expect(alive.closed).toBeUndefined();
    await his.until(() => seen(his, a).length === 1, "her");
    clock.advance(minutes(5) + 1_000);
    await ring(a);
    expect((await alive.waitForClose()).code).toBe(1001);
    await expect.poll(async () => (await meRow(a)).last_seen).not.toBeNull();
    clock.advance(31_000);
    await ring(a);
    await his.until(() => seen(his, a).at(-1) === "offline", "her going");
    expect(await rowsOf(presenceStub(a), "SELECT name FROM _due")).toEqual([]);
  });

  it("is also one whose token has expired, ping or not", async () => {
    const [a = 0] = await makePeople(1);
    const socket = await openMe(a, { expiresAt: Date.now() + 60_000 });
    clock.advance(minutes(5) + 1_000);
    await ring(a);
    expect((await socket.waitForClose()).code).toBe(4401);
  });

  it("costs one look in five minutes while somebody is there, and none after that", async () => {
    const [a = 0] = await makePeople(1);
    const socket = await online(a);
    const planned = () => rowsOf(presenceStub(a), "SELECT name, at FROM _due");
    expect(await planned()).toEqual([{ name: "liveness", at: expect.any(Number) }]);
    await leave(a, socket);
    clock.advance(minutes(6));
    await ring(a);
    await ring(a);
    expect(await planned()).toEqual([]);
  });
});

/** As their room would tell it. */
async function becomePartner(userId: number, partnerId: number, roomId: number): Promise<void> {
  const createdAt = new Date().toISOString();
  await presenceStub(userId).roomChanged({
    roomId,
    room: {
      id: roomId,
      roomType: "DIRECT",
      name: null,
      description: null,
      createdByUserId: userId,
      isActive: true,
      createdAt,
      rev: 0,
    },
    epoch: 1,
    rev: 0,
    madeAt: 1,
    isActive: true,
    lastMessageId: 0,
    lastReadMessageId: 0,
    unread: 0,
    lastMessage: null,
    partnerId,
    latestUnread: null,
    isHere: false,
  });
}
