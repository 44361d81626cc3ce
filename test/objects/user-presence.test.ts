/** Who sees whom, and when: presence among people, each in an object of their own. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import {
  entryOf,
  introduce,
  leave,
  makePartners,
  meRow,
  type OwnSocket,
  online,
  openMe,
  presenceStub,
  quiet,
  ring,
  rowsOf,
  sayIn,
  seen,
  told,
} from "../support/presence.ts";
import { makePeople, makeRoom } from "../support/rooms.ts";
import { type AnyFrame, upgrade } from "../support/sockets.ts";

const partnerIn = ({ welcome }: OwnSocket, userId: number): AnyFrame | undefined =>
  welcome.partners.find((partner: AnyFrame) => partner.userId === userId);

describe("a person's own socket", () => {
  it("is welcomed with their status, their inbox and their partners", async () => {
    const { a, b, room } = await makePartners();
    const socket = await openMe(a, { encoding: "msgpack" });
    expect(socket.welcome).toMatchObject({
      type: "welcome",
      status: "online",
      inbox: [{ roomId: room.id, lastMessageId: 2, unread: 1, lastMessage: { senderId: b, preview: "안녕하세요" } }],
      partners: [{ userId: b, status: "offline", lastSeen: null }],
    });
  });

  it("is refused to everybody else, and what is refused leaves nothing behind", async () => {
    const [a = 0, stranger = 0] = await makePeople(2);
    expect((await upgrade(presenceStub(a), { userId: stranger })).status).toBe(404);
    expect(await rowsOf(presenceStub(a), "SELECT name FROM sqlite_schema WHERE name = 'me'")).toEqual([]);
    await openMe(a);
    expect((await upgrade(presenceStub(a), { userId: stranger })).status).toBe(403);
  });

  it("is one of twenty at most", async () => {
    const [a = 0] = await makePeople(1);
    const first = await openMe(a);
    for (let n = 0; n < 20; n += 1) await openMe(a);
    expect((await first.waitForClose()).code).toBe(4409);
  });

  it("answers what it does not know with an error, and goes on", async () => {
    const [a = 0] = await makePeople(1);
    const socket = await openMe(a);
    expect(await socket.request({ type: "message.send", content: "hello" })).toMatchObject({ code: "unknown_type" });
    expect(await socket.request({ type: "status.set", status: "offline" })).toMatchObject({ code: "invalid_frame" });
    expect(await socket.request({ type: "watch", userIds: [] })).toMatchObject({ code: "invalid_frame" });
    expect(await socket.request({ type: "status.set", status: "busy" })).toMatchObject({ type: "ack" });
  });
});

describe("partners", () => {
  it("are two who have both written in a DIRECT room, from the moment in which they have", async () => {
    const [a = 0, b = 0] = await makePeople(2);
    const [hers, his] = [await online(a), await online(b)];
    const room = await makeRoom([a, b], "DIRECT");
    await sayIn(room, a);
    await told(room);
    await Promise.all([quiet(a), quiet(b)]);
    expect([...seen(hers, b), ...seen(his, a)]).toEqual([]);
    expect((await openMe(a)).welcome.partners).toEqual([]);
    await sayIn(room, b);
    await told(room);
    await hers.waitFor("presence");
    await his.waitFor("presence");
    expect([seen(hers, b), seen(his, a)]).toEqual([["online"], ["online"]]);
  });

  it("are not two who write in a GROUP", async () => {
    const people = await makePeople(2);
    const [a = 0, b = 0] = people;
    const room = await makeRoom(people);
    await sayIn(room, a);
    await sayIn(room, b);
    await told(room);
    await online(b);
    expect((await openMe(a)).welcome.partners).toEqual([]);
  });

  it("see each other come, change, and go half a minute after the last socket, with the time at which that was", async () => {
    const { a, b } = await makePartners();
    const his = await online(b);
    const hers = await online(a);
    await his.until(() => seen(his, a).length === 1, "her coming");
    expect(seen(hers, b)).toEqual(["online"]);
    clock.advance(6_000);
    await hers.request({ type: "status.set", status: "away" });
    await quiet(a);
    await his.until(() => seen(his, a).length === 2, "her being away");
    const before = Date.now();
    await leave(a, hers);
    clock.advance(29_000);
    await ring(a);
    expect(seen(his, a)).toEqual(["online", "away"]);
    clock.advance(1_500);
    await ring(a);
    await his.until(() => seen(his, a).length === 3, "her going");
    const { status, lastSeen } = his.of("presence").at(-1) ?? expect.fail("nothing came");
    expect(status).toBe("offline");
    expect(Math.abs(Date.parse(lastSeen) - before)).toBeLessThan(2_000);
    expect(partnerIn(await openMe(b), a)).toMatchObject({ status: "offline", lastSeen });
  });

  it("see nothing of who comes back within half a minute", async () => {
    const { a, b } = await makePartners();
    const his = await online(b);
    const hers = await online(a);
    await his.until(() => seen(his, a).length === 1, "her coming");
    await leave(a, hers);
    clock.advance(20_000);
    await ring(a);
    const again = await online(a);
    clock.advance(20_000);
    await ring(a);
    await quiet(a);
    expect(seen(his, a)).toEqual(["online"]);
    // And she learns what happened while she was away, and what happens now.
    clock.advance(6_000);
    await his.request({ type: "status.set", status: "busy" });
    await quiet(b);
    await again.until(() => seen(again, b).at(-1) === "busy", "his being busy");
  });

  it("hear of the end also if they met somebody only in their last half minute", async () => {
    const { a, b } = await makePartners();
    await leave(a, await online(a));
    const his = await online(b);
    expect(seen(his, a)).toEqual(["online"]);
    clock.advance(31_000);
    await ring(a);
    await his.until(() => seen(his, a).at(-1) === "offline", "her going");
  });

  it("are never shown what would have to be taken back: who came and went before it was told was not there", async () => {
    const { a, b } = await makePartners();
    await leave(a, await online(a));
    clock.advance(31_000);
    await ring(a);
    // Back at once: that is told five seconds later at the earliest, and it is over before.
    const short = await openMe(a);
    const his = await online(b);
    await leave(a, short);
    clock.advance(31_000);
    await ring(a);
    await quiet(a);
    expect(seen(his, a).at(-1) ?? "offline").toBe("offline");
    expect(partnerIn(await openMe(b), a)).toMatchObject({ status: "offline" });
  });

  it("hear of one change in five seconds, however much somebody flaps", async () => {
    const { a, b } = await makePartners();
    const his = await online(b);
    const hers = await online(a);
    await his.until(() => seen(his, a).length === 1, "her coming");
    for (let n = 0; n < 20; n += 1) {
      await hers.request({ type: "status.set", status: n % 2 === 0 ? "away" : "busy" });
    }
    await quiet(a);
    expect(seen(his, a)).toEqual(["online"]);
    clock.advance(5_100);
    await ring(a);
    await his.until(() => seen(his, a).length === 2, "one change");
    expect(seen(his, a)).toEqual(["online", "busy"]);
    const opened = [hers];
    for (let n = 0; n < 5; n += 1) {
      await leave(a, ...opened.splice(0));
      opened.push(await online(a));
    }
    expect(seen(his, a)).toEqual(["online", "busy"]);
  });

  it("are unseen where there is a block, from the moment in which it is made; and seen again without it", async () => {
    const { a, b, room } = await makePartners();
    const [hers, his] = [await online(a), await online(b)];
    await his.until(() => seen(his, a).length === 1 && seen(hers, b).length === 1, "each other");
    await room.stub.block({ userId: a, otherId: b }, true);
    await hers.until(() => seen(hers, b).at(-1) === "offline", "his disappearance");
    await his.until(() => seen(his, a).at(-1) === "offline", "her disappearance");
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const socket = await openMe(one);
      expect(socket.welcome.partners).toEqual([]);
      await socket.request({ type: "watch", userIds: [other] });
      expect(seen(socket, other)).toEqual(["offline"]);
    }
    clock.advance(6_000);
    await hers.request({ type: "status.set", status: "away" });
    await quiet(a);
    expect(seen(his, a).at(-1)).toBe("offline");
    await room.stub.block({ userId: a, otherId: b }, false);
    await told(room);
    await Promise.all([quiet(a), quiet(b)]);
    await his.until(() => seen(his, a).at(-1) === "away", "her again");
    await hers.until(() => seen(hers, b).at(-1) === "online", "him again");
  });

  it("find each other whoever comes first", async () => {
    const [a = 0, b = 0, c = 0] = await makePeople(3);
    await introduce(a, b);
    await introduce(a, c);
    const [hers, ...theirs] = await Promise.all([openMe(a), openMe(b), openMe(c)]);
    await hers.until(() => seen(hers, b).at(-1) === "online" && seen(hers, c).at(-1) === "online", "both");
    for (const socket of theirs) await socket.until(() => seen(socket, a).at(-1) === "online", "her");
    expect(seen(theirs[0], c)).toEqual([]);
  });
});

describe("a stranger", () => {
  it("is always offline: to who watches, and to an object that asks", async () => {
    const [a = 0, b = 0] = await makePeople(2);
    const hers = await online(a);
    await online(b);
    await hers.request({ type: "watch", userIds: [b, 999_999_999] });
    expect(hers.of("presence")).toEqual([
      { type: "presence", userId: b, status: "offline", lastSeen: null },
      { type: "presence", userId: 999_999_999, status: "offline", lastSeen: null },
    ]);
    const claim = { status: "online", lastSeen: null, since: Date.now() } as const;
    expect(await presenceStub(a).meet(b, claim)).toEqual({ status: "offline", lastSeen: null, since: 0 });
    expect(seen(hers, b)).toEqual(["offline"]);
    expect(await presenceStub(999_999_998).meet(b, claim)).toMatchObject({ status: "offline" });
    expect(await rowsOf(presenceStub(999_999_998), "SELECT name FROM sqlite_schema WHERE name = 'me'")).toEqual([]);
  });
});

describe("several devices", () => {
  it("are one person, who is there until the last of them goes; each learns what is chosen on another", async () => {
    const { a, b } = await makePartners();
    const his = await online(b);
    const phone = await online(a, { deviceId: "phone" });
    const laptop = await online(a, { deviceId: "laptop", encoding: "msgpack" });
    await his.until(() => seen(his, a).length === 1, "her coming");
    clock.advance(6_000);
    await phone.request({ type: "status.set", status: "busy" });
    await quiet(a);
    expect(await laptop.waitFor((frame) => frame.type === "presence" && frame.userId === a)).toMatchObject({
      status: "busy",
    });
    await his.until(() => seen(his, a).at(-1) === "busy", "her being busy");
    phone.close();
    await laptop.request({ type: "watch", userIds: [b] });
    clock.advance(31_000);
    await ring(a);
    expect(seen(his, a).at(-1)).toBe("busy");
    await leave(a, laptop);
    clock.advance(31_000);
    await ring(a);
    await his.until(() => seen(his, a).at(-1) === "offline", "her going");
    // What was chosen holds until something else is.
    expect((await openMe(a)).welcome.status).toBe("busy");
  });

  it("end one by one, or all together", async () => {
    const [a = 0] = await makePeople(1);
    const phone = await openMe(a, { deviceId: "phone" });
    const laptop = await openMe(a, { deviceId: "laptop" });
    expect(await presenceStub(a).endSockets(a, "phone")).toBe(1);
    expect((await phone.waitForClose()).code).toBe(4401);
    expect(laptop.closed).toBeUndefined();
    expect(await presenceStub(a).endSockets(a)).toBe(1);
    expect((await laptop.waitForClose()).code).toBe(4401);
    await expect.poll(async () => (await meRow(a)).last_seen).not.toBeNull();
  });
});

describe("KV", () => {
  const cached = async (userId: number) => {
    const { value, metadata: _ } = await env.CACHE.getWithMetadata<unknown>(`online:${userId}`);
    return value === null ? null : JSON.parse(String(value));
  };
  const expiration = async (userId: number) =>
    (await env.CACHE.list({ prefix: `online:${userId}` })).keys.find(({ name }) => name === `online:${userId}`)
      ?.expiration;

  it("knows who is there for half an hour, is told again before that, and of the end", async () => {
    const [a = 0] = await makePeople(1);
    const hers = await online(a);
    await expect.poll(() => cached(a)).toEqual({ status: "online", lastSeen: null });
    const first = (await expiration(a)) ?? expect.fail("it would stay for ever");
    expect(Math.abs(first * 1_000 - Date.now() - 30 * 60_000)).toBeLessThan(5_000);
    const { cached_at: before } = await meRow(a);
    // A look at who is there, every five minutes: this one comes when it is time.
    clock.advance(21 * 60_000);
    await hers.request({ type: "watch", userIds: [a] });
    await ring(a);
    expect(Number((await meRow(a)).cached_at)).toBeGreaterThan(Number(before));
    expect(hers.closed).toBeUndefined();
    await leave(a, hers);
    clock.advance(31_000);
    await ring(a);
    await expect.poll(() => cached(a)).toMatchObject({ status: "offline", lastSeen: expect.any(String) });
  });
});

describe("the entry of a room", () => {
  it("is there for whoever made it and whoever is in it, as soon as it is made", async () => {
    const [a = 0, b = 0] = await makePeople(2);
    const hers = await online(a);
    const room = await makeRoom([b, a]);
    expect(await hers.waitFor("inbox.updated")).toMatchObject({
      entry: { roomId: room.id, lastMessageId: 0, unread: 0, lastMessage: null },
    });
    expect(entryOf(await openMe(b), room)).toMatchObject({ unread: 0 });
  });
});
