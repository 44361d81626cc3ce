/** What becomes of the messages on the queue `PUSH`, with a push service that reads what it gets as a browser does. */
import { env } from "cloudflare:workers";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { sweepSignIns } from "../../src/jobs/sweep-sign-ins.ts";
import { forgetGone, targetsOf } from "../../src/push/store.ts";
import { call, type SignedIn, signIn } from "../support/http.ts";
import { consume, messageTo, newBrowser, reportOf, subscribe, subscribed } from "../support/push.ts";
import type { Fault } from "../support/push-service.ts";

const deviceOf = ({ token }: SignedIn) => String(decodeJwt(token).sid);

async function endpointsOf({ user }: SignedIn): Promise<unknown[]> {
  const { results } = await env.DB.prepare("SELECT endpoint FROM push_subscriptions WHERE user_id = ? ORDER BY id")
    .bind(user.id)
    .all();
  return results.map(({ endpoint }) => endpoint);
}

/** The answers to one person's browsers, each with its faults, after one message. */
async function pushTo(...faults: (readonly Fault[])[]) {
  const person = await signIn();
  const browsers = [];
  for (const ofOne of faults) browsers.push(await subscribed(person, ...ofOne));
  const result = await consume([messageTo(person)]);
  return { person, browsers, result, reports: await Promise.all(browsers.map(reportOf)) };
}

describe("a message", () => {
  test("reaches every browser of its user, encrypted and signed, and nobody else's", async () => {
    const [person, other] = [await signIn(), await signIn()];
    const browsers = [await subscribed(person), await subscribed(person)];
    const others = await subscribed(other);
    const { explicitAcks, retries } = await consume([messageTo(person)]);
    expect([explicitAcks, retries]).toEqual([["0"], []]);
    for (const browser of browsers) {
      const { received, complaints } = await reportOf(browser);
      expect(complaints).toEqual([]);
      expect(received).toMatchObject([
        {
          payload: { id: 1, type: "MESSAGE", title: "민지", message: "안녕하세요!", data: { roomId: 12 } },
          claims: { aud: new URL(browser.endpoint).origin, sub: env.VAPID_SUBJECT },
          publicKey: "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
          headers: { urgency: "high", topic: "notification-1" },
        },
      ]);
      expect(Number(received[0]?.headers.ttl)).toBeGreaterThan(3_590);
      expect(Number(received[0]?.headers.ttl)).toBeLessThanOrEqual(3_600);
    }
    expect((await reportOf(others)).requests).toBe(0);
  });

  test("says its own topic, and is cut to what a push service takes", async () => {
    const person = await signIn();
    const browser = await subscribed(person);
    const payload = { ...messageTo(person).payload, message: "🙈".repeat(4_000) };
    await consume([messageTo(person, { topic: "room-12", payload })]);
    const [push] = (await reportOf(browser)).received;
    expect(push?.headers.topic).toBe("room-12");
    expect(push?.bytes).toBeGreaterThan(4_090);
    expect(push?.bytes).toBeLessThanOrEqual(4_096);
    expect(JSON.stringify(push?.payload)).toMatch(/"message":"(?:🙈)+…"/u);
  });

  test("leaves out the devices that it names", async () => {
    const person = await signIn();
    const phone = await signIn("Someone", person.user.email);
    const [here, there] = [await subscribed(person), await subscribed(phone)];
    await consume([messageTo(person, { exceptDeviceIds: [deviceOf(person), "another"] })]);
    expect([(await reportOf(here)).requests, (await reportOf(there)).requests]).toEqual([0, 1]);
  });

  test("to somebody without a browser, or to nobody, is done", async () => {
    const person = await signIn();
    const nobody = { ...messageTo(person), userId: 999_999 };
    expect(await consume([messageTo(person), nobody])).toMatchObject({ explicitAcks: ["0", "1"], retries: [] });
  });

  test("that came too late is not sent", async () => {
    const person = await signIn();
    const browser = await subscribed(person);
    const result = await consume([messageTo(person)], { timestamp: new Date(Date.now() - 3_600_001) });
    expect(result).toMatchObject({ explicitAcks: ["0"], retries: [] });
    expect((await reportOf(browser)).requests).toBe(0);
  });

  test("that makes no sense is put away, and holds up no other", async () => {
    const person = await signIn();
    const browser = await subscribed(person);
    const result = await consume([null, "text", { ...messageTo(person), urgency: "?" }, messageTo(person)]);
    expect(result).toMatchObject({ explicitAcks: ["0", "1", "2", "3"], retryMessages: [], retries: [] });
    expect((await reportOf(browser)).received).toHaveLength(1);
  });

  test("waits while the database is away", async () => {
    const person = await signIn();
    const DB = {
      prepare() {
        throw new Error("D1 is away");
      },
    };
    const result = await consume([messageTo(person)], { settings: { DB }, attempts: 3 });
    expect(result).toMatchObject({ explicitAcks: [], retryMessages: [{ msgId: "0" }], delays: [60] });
  });

  test("is dropped where push is not set up", async () => {
    const person = await signIn();
    const browser = await subscribed(person);
    for (const settings of [{ VAPID_PRIVATE_KEY: "" }, { VAPID_PRIVATE_KEY: "x" }, { VAPID_SUBJECT: "me" }]) {
      expect(await consume([messageTo(person)], { settings })).toMatchObject({ ackAll: true, retryMessages: [] });
    }
    expect((await reportOf(browser)).requests).toBe(0);
  });
});

describe("a browser", () => {
  test.each([404, 410])("that its push service answers with %i for is forgotten", async (status) => {
    const { person, browsers, result, reports } = await pushTo([{ status }], []);
    expect(result).toMatchObject({ explicitAcks: ["0"], retries: [] });
    expect(reports.map(({ received }) => received.length)).toEqual([0, 1]);
    expect(await endpointsOf(person)).toEqual([browsers[1]?.endpoint]);
  });

  test.each([400, 401, 403, 413])("that its push service answers with %i for is not tried again", async (status) => {
    const { person, result, reports } = await pushTo([{ status }], []);
    expect(result).toMatchObject({ explicitAcks: ["0"], retries: [] });
    expect(reports.map(({ requests }) => requests)).toEqual([1, 1]);
    expect(await endpointsOf(person)).toHaveLength(2);
  });

  test("is sent nowhere else by its push service", async () => {
    const elsewhere = await newBrowser();
    const location = { location: elsewhere.endpoint };
    const { result, reports } = await pushTo(
      ...[301, 302, 303, 307, 308].map((status) => [{ status, headers: location }]),
      [{ status: 307, headers: { location: "http://localhost:1/" } }],
    );
    expect(result).toMatchObject({ explicitAcks: ["0"], retries: [] });
    expect(reports.map(({ requests }) => requests)).toEqual([1, 1, 1, 1, 1, 1]);
    expect((await reportOf(elsewhere)).requests).toBe(0);
  });

  test("that cannot be told now is told later, alone, and the others once", async () => {
    const busy: Fault = { status: 429, headers: { "retry-after": "90" } };
    const { browsers, result, reports } = await pushTo([busy], [], [{ status: 500 }], []);
    expect(result).toMatchObject({ explicitAcks: ["0"], retryMessages: [] });
    expect(reports.map(({ received }) => received.length)).toEqual([0, 1, 0, 1]);
    expect(result.retries.map(({ delaySeconds }) => delaySeconds)).toEqual([90, 15]);

    const again = await consume(result.retries.map(({ body }) => body));
    expect(again).toMatchObject({ explicitAcks: ["0", "1"], retryMessages: [], retries: [] });
    for (const browser of browsers) expect((await reportOf(browser)).received).toHaveLength(1);
  });

  test("is tried less and less often, and as its push service says", async () => {
    const faults: Fault[] = [{ status: 503 }, { status: 503 }, { status: 503, headers: { "retry-after": "7000" } }];
    const person = await signIn();
    const browser = await subscribed(person, ...faults);
    const message = messageTo(person, { ttlSeconds: 86_400 });
    const [retry] = (await consume([message])).retries;
    expect(retry?.delaySeconds).toBe(15);
    const delayed = async (attempts: number) => (await consume([retry?.body], { attempts })).delays;
    expect([await delayed(1), await delayed(2), await delayed(3)]).toEqual([[30], [7_000], []]);
    expect((await reportOf(browser)).received).toHaveLength(1);
  });

  test("is not told what would come too late", async () => {
    const person = await signIn();
    await subscribed(person, { status: 429, headers: { "retry-after": "7200" } });
    expect(await consume([messageTo(person)])).toMatchObject({ explicitAcks: ["0"], retries: [] });
  });

  test("whose push service hangs, or is away, holds up nobody, whoever else is there", async () => {
    const person = await signIn();
    const hanging = [await subscribed(person, "hang"), await subscribed(person, "hang")];
    const others = [await subscribed(person), await subscribed(person)];
    const away = { ...(await newBrowser()), endpoint: "http://127.0.0.1:9/push/away" };
    const settings = { PUSH_ORIGINS: `${new URL(hanging[0]?.endpoint ?? "").origin},http://127.0.0.1:9` };
    await env.DB.prepare(
      `INSERT INTO push_subscriptions (user_id, device_id, endpoint, p256dh_key, auth_key) VALUES (?, ?, ?, ?, ?)`,
    )
      .bind(person.user.id, deviceOf(person), away.endpoint, away.keys.p256dh, away.keys.auth)
      .run();
    const result = await consume([messageTo(person)], { settings });
    expect(result).toMatchObject({ explicitAcks: ["0"], retryMessages: [] });
    expect(result.retries).toHaveLength(3);
    for (const browser of others) expect((await reportOf(browser)).received).toHaveLength(1);
    const { retries } = await consume(
      result.retries.slice(0, 2).map(({ body }) => body),
      { settings },
    );
    expect(retries).toEqual([]);
    for (const browser of hanging) expect((await reportOf(browser)).received).toHaveLength(1);
  }, 20_000);

  test("whose keys are broken costs the others nothing", async () => {
    const { person, browsers } = await pushTo([], []);
    await env.DB.prepare("UPDATE push_subscriptions SET p256dh_key = 'AAAA' WHERE endpoint = ?")
      .bind(browsers[0]?.endpoint)
      .run();
    const { explicitAcks, retries } = await consume([messageTo(person)]);
    expect([explicitAcks, retries.length]).toEqual([["0"], 1]);
    expect((await reportOf(browsers[1] ?? expect.fail())).received).toHaveLength(2);
  });

  test("of a push service that is not known any more is not called", async () => {
    const { person, browsers } = await pushTo([]);
    expect(await consume([messageTo(person)], { settings: { PUSH_ORIGINS: "" } })).toMatchObject({
      explicitAcks: ["0"],
      retries: [],
    });
    expect((await reportOf(browsers[0] ?? expect.fail())).requests).toBe(1);
  });

  test("that is somebody else's by the time of the next try is told nothing of the first", async () => {
    const { browsers, result } = await pushTo([{ status: 503 }]);
    const [browser] = browsers;
    expect((await subscribe(await signIn(), browser ?? expect.fail())).status).toBe(201);
    expect(await consume(result.retries.map(({ body }) => body))).toMatchObject({ explicitAcks: ["0"], retries: [] });
    expect((await reportOf(browser ?? expect.fail())).requests).toBe(1);
  });

  test("that has subscribed anew while its push service said that it is gone stays", async () => {
    const person = await signIn();
    const browser = await subscribed(person);
    const targets = () => targetsOf(env.DB, { userId: person.user.id, exceptDeviceIds: [], now: Date.now() });
    const [before = expect.fail()] = await targets();
    const { keys } = await newBrowser();
    expect((await subscribe(person, { ...browser, keys })).status).toBe(200);
    await forgetGone(env.DB, before);
    expect(await targets()).toMatchObject([{ ...keys, endpoint: browser.endpoint }]);
    for (const target of await targets()) await forgetGone(env.DB, target);
    expect(await targets()).toEqual([]);
  });
});

describe("the end of a device", () => {
  const ends: [name: string, end: (person: SignedIn) => Promise<unknown>][] = [
    ["by signing out", ({ token }) => call("POST", "/v1/auth/logout", { token })],
    [
      "by fifty further sign-ins",
      async ({ user }) => {
        for (let count = 0; count < 50; count += 1) await signIn("Someone", user.email);
      },
    ],
    ["with the account", ({ token }) => call("DELETE", "/v1/me", { token })],
    [
      "by its expiry",
      async (person) => {
        await env.DB.prepare("UPDATE user_sessions SET expires_at = 1 WHERE device_id = ?")
          .bind(deviceOf(person))
          .run();
        expect(await consume([messageTo(person)])).toMatchObject({ explicitAcks: ["0"], retries: [] });
        expect(await endpointsOf(person)).toHaveLength(1);
        await sweepSignIns.step(env, JSON.stringify({ part: "devices", afterId: 0 }), 0);
      },
    ],
  ];

  test.each(ends)("%s is the end of its subscription", async (_, end) => {
    const person = await signIn();
    const browser = await subscribed(person);
    await end(person);
    expect(await endpointsOf(person)).toEqual([]);
    await consume([messageTo(person)]);
    expect((await reportOf(browser)).requests).toBe(0);
  });

  test("leaves the other devices theirs", async () => {
    const person = await signIn();
    const phone = await signIn("Someone", person.user.email);
    const [here, there] = [await subscribed(person), await subscribed(phone)];
    await call("POST", "/v1/auth/logout", { token: phone.token });
    await consume([messageTo(person)]);
    expect([(await reportOf(here)).requests, (await reportOf(there)).requests]).toEqual([1, 0]);
  });
});

test("what was given up is written down, without what it said", async () => {
  const person = await signIn();
  const lines: string[] = [];
  const { error } = console;
  console.error = (line: string) => lines.push(line);
  try {
    const { userId, urgency, payload } = messageTo(person);
    const retry = { userId, urgency, payload, subscriptionId: 77, expiresAt: Date.now() };
    const result = await consume([retry, messageTo(person)], { queue: "another-push-given-up" });
    expect(result).toMatchObject({ outcome: "ok", retryMessages: [] });
  } finally {
    console.error = error;
  }
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: "push.given-up", subscriptionId: 77 },
    { event: "push.given-up" },
  ]);
  expect(lines.join()).not.toContain("안녕");
});
