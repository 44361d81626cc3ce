/** How browsers are subscribed, by whom, and how many. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { PUSH_LIMITS, pushSubscription } from "../../schema/api/push.ts";
import { app } from "../../src/app.ts";
import { call, pathsOf, requestFor, type SignedIn, signIn } from "../support/http.ts";
import { consume, messageTo, newBrowser, pushEnv, subscribe, subscribed } from "../support/push.ts";
import { listeningDatabase, scansOf } from "../support/recorded.ts";

const FCM = "https://fcm.googleapis.com/fcm/send/";

async function rowsOf({ user }: SignedIn) {
  const { results } = await env.DB.prepare("SELECT * FROM push_subscriptions WHERE user_id = ? ORDER BY id")
    .bind(user.id)
    .all();
  return results;
}

async function inChrome(name: string = crypto.randomUUID()) {
  return { ...(await newBrowser()), endpoint: FCM + name };
}

test("the key is a point, and only there where push is set up", async () => {
  const { token } = await signIn();
  const answer = await call("GET", "/v1/push-key", { token });
  const { publicKey } = await answer.json<{ publicKey: string }>();
  const point = Buffer.from(publicKey, "base64url");
  expect([point.length, point[0]]).toEqual([65, 4]);
  for (const settings of [{ VAPID_PRIVATE_KEY: "" }, { VAPID_SUBJECT: "" }, { VAPID_PRIVATE_KEY: "AAAA" }]) {
    const response = await app.fetch(requestFor("GET", "/v1/push-key", { token }), { ...env, ...settings });
    expect(response.status).toBe(404);
  }
});

describe("a browser", () => {
  test("is subscribed once, with the keys of the last time", async () => {
    const person = await signIn();
    const browser = await inChrome();
    const first = await subscribe(person, browser);
    const made = pushSubscription.parse(await first.json());
    const { keys } = await newBrowser();
    const second = await subscribe(person, { ...browser, keys });
    const again = pushSubscription.parse(await second.json());
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(again).toMatchObject({ id: made.id, createdAt: made.createdAt });
    expect(await rowsOf(person)).toMatchObject([{ p256dh_key: keys.p256dh, auth_key: keys.auth, is_active: 1 }]);
  });

  test("that two people share is whose it was last", async () => {
    const [one, other] = [await signIn(), await signIn()];
    const browser = await inChrome();
    await subscribe(one, browser);
    expect((await subscribe(other, browser)).status).toBe(201);
    expect([(await rowsOf(one)).length, (await rowsOf(other)).length]).toEqual([0, 1]);
    // The first one's page says so of what is not theirs any more.
    const gone = await call("DELETE", "/v1/push-subscriptions", {
      token: one.token,
      body: { endpoint: browser.endpoint },
    });
    expect(gone.status).toBe(204);
    expect(await rowsOf(other)).toHaveLength(1);
  });

  test("is not subscribed any more once it is taken back, and taking it back again changes nothing", async () => {
    const person = await signIn();
    const [browser] = [await inChrome(), await subscribed(person)];
    await subscribe(person, browser);
    for (let times = 0; times < 2; times += 1) {
      const body = { endpoint: browser.endpoint };
      expect((await call("DELETE", "/v1/push-subscriptions", { token: person.token, body })).status).toBe(204);
      expect(await rowsOf(person)).toHaveLength(1);
    }
  });

  test.each([
    ["http://169.254.169.254/latest/meta-data/"],
    ["https://localhost/push"],
    ["https://fcm.googleapis.com@evil.example/"],
    ["https://fcm.googleapis.com./fcm/send/abc"],
    ["https://[::1]/"],
    ["https://push.example.org/abc"],
    ["not a URL"],
  ])("is refused at %s", async (endpoint) => {
    const person = await signIn();
    const response = await subscribe(person, { ...(await newBrowser()), endpoint });
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual(["endpoint"]);
    expect(await rowsOf(person)).toEqual([]);
  });

  test("is refused with a key that is not on the curve", async () => {
    const person = await signIn();
    const browser = await inChrome();
    const p256dh = Buffer.alloc(65, 4).toString("base64url");
    const response = await subscribe(person, { ...browser, keys: { ...browser.keys, p256dh } });
    expect([response.status, await pathsOf(response)]).toEqual([400, ["keys.p256dh"]]);
  });

  test("is not subscribed by a device that was ended, though its token lives", async () => {
    const person = await signIn();
    await env.DB.prepare("UPDATE user_sessions SET is_active = 0 WHERE user_id = ?").bind(person.user.id).run();
    expect((await subscribe(person, await inChrome())).status).toBe(401);
    expect(await rowsOf(person)).toEqual([]);
  });

  test("is not subscribed by somebody whose account was closed meanwhile", async () => {
    const person = await signIn();
    await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(person.user.id).run();
    expect((await subscribe(person, await inChrome())).status).toBe(401);
  });

  test("of a user is one of twenty at most: those not seen for longest go", async () => {
    const person = await signIn();
    const browsers = await Promise.all(
      Array.from({ length: PUSH_LIMITS.subscriptionsPerUser + 2 }, (_, index) => inChrome(`${index}-of-many`)),
    );
    for (const [index, browser] of browsers.entries()) {
      await subscribe(person, browser);
      await env.DB.prepare("UPDATE push_subscriptions SET updated_at = ? WHERE endpoint = ?")
        .bind(index + 1, browser.endpoint)
        .run();
      // The first one comes back in time.
      if (index === 10) await subscribe(person, browsers[0] ?? expect.fail());
    }
    const left = (await rowsOf(person)).map(({ endpoint }) => endpoint);
    expect(left).toHaveLength(PUSH_LIMITS.subscriptionsPerUser);
    const gone = browsers.filter(({ endpoint }) => !left.includes(endpoint)).map(({ endpoint }) => endpoint);
    expect(gone).toEqual([browsers[1]?.endpoint, browsers[2]?.endpoint]);
  });
});

test("neither a subscription, nor a push, nor the end of either reads through a table", async () => {
  const person = await signIn();
  const browser = await subscribed(person, { status: 503 }, { status: 410 });
  const queries = new Set<string>();
  const settings = { DB: listeningDatabase(queries) };
  const { token } = person;
  const asked = [
    requestFor("POST", "/v1/push-subscriptions", { token, body: browser }),
    requestFor("DELETE", "/v1/push-subscriptions", { token, body: { endpoint: browser.endpoint } }),
    requestFor("POST", "/v1/push-subscriptions", { token, body: browser }),
  ];
  for (const request of asked) expect((await app.fetch(request, { ...pushEnv, ...settings })).ok).toBe(true);
  const { retries } = await consume([messageTo(person)], { settings });
  expect(retries).toHaveLength(1);
  await consume(
    retries.map(({ body }) => body),
    { settings },
  );
  expect(await rowsOf(person)).toEqual([]);
  await app.fetch(requestFor("POST", "/v1/auth/logout", { token }), { ...env, ...settings });
  expect([...queries].filter((query) => query.includes("push_subscriptions")).length).toBeGreaterThanOrEqual(7);
  expect(await scansOf(queries)).toEqual([]);
});
