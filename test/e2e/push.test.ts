/**
 * Web push from end to end: a message on the queue, the bundle that is deployed, and a push service that verifies who sent
 * it and decrypts it as a browser would. The queue, its retries and its end are the local platform's own.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PushMessage } from "../../schema/push.ts";
import { newPushKeys } from "../../src/local/push-key.ts";
import { buildBundle, migrateDatabase } from "../support/bundle.ts";
import { type Fault, type PushService, type SubscriptionBody, startPushService } from "../support/push-service.ts";
import { runToEnd } from "./support/program.ts";

const keys = newPushKeys();
const SUBJECT = "mailto:operator@studymate.example";
const QUEUE = "studymate-push";

let service: PushService;
let miniflare: Miniflare;
let folder: string;
let baseUrl: URL;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "studymate-push-"));
  service = await startPushService();
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["nodejs_compat"],
      modules: buildBundle("wrangler.jsonc", folder, "index.js"),
      durableObjects: {
        CHAT_ROOM: { className: "ChatRoom", useSQLite: true },
        USER_PRESENCE: { className: "UserPresence", useSQLite: true },
      },
      d1Databases: ["DB", "SEARCH"],
      kvNamespaces: ["CACHE"],
      r2Buckets: ["MEDIA"],
      queueProducers: { PUSH: QUEUE },
      queueConsumers: {
        [QUEUE]: { maxBatchSize: 10, maxBatchTimeout: 1, maxRetries: 20, deadLetterQueue: `${QUEUE}-given-up` },
        [`${QUEUE}-given-up`]: { maxBatchTimeout: 1 },
      },
      bindings: {
        AUTH_SECRET: "a secret of the tests, 32 bytes long or more",
        DEV_LOGIN: "true",
        RATE_LIMITS: "off",
        ALLOWED_ORIGINS: "",
        PUBLIC_ORIGIN: "",
        PUSH_ORIGINS: service.origin,
        VAPID_PRIVATE_KEY: keys.privateKey,
        VAPID_SUBJECT: SUBJECT,
      },
    }),
  );
  baseUrl = await miniflare.ready;
  await migrateDatabase(await miniflare.getD1Database("DB"), "migrations/d1");
});

afterAll(async () => {
  await miniflare?.dispose();
  service?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface SignedIn {
  readonly token: string;
  readonly userId: number;
}

async function call(method: string, path: string, { token, body }: { token?: string; body?: unknown } = {}) {
  return fetch(new URL(path, baseUrl), {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function signIn(email = `${crypto.randomUUID()}@example.org`): Promise<SignedIn> {
  const answer = await call("POST", "/v1/auth/dev-login", { body: { email, englishName: "Minji" } });
  const { accessToken, user } = (await answer.json()) as { accessToken: string; user: { id: number } }; // as documented
  return { token: accessToken, userId: user.id };
}

async function subscribed({ token }: SignedIn, ...faults: Fault[]): Promise<SubscriptionBody> {
  const body = service.subscribe(...faults);
  const answer = await call("POST", "/v1/push-subscriptions", { token, body });
  expect(answer.status).toBe(201);
  return body;
}

async function enqueue(userId: number, change: Partial<PushMessage> = {}): Promise<void> {
  const payload = { id: 1, type: "MESSAGE", title: "민지", message: "내일 연습할까요? 🙂", data: { roomId: 12 } };
  const message: PushMessage = { userId, exceptDeviceIds: [], ttlSeconds: 600, urgency: "high", payload, ...change };
  await (await miniflare.getQueueProducer("PUSH")).send(message);
}

const soon = <Value>(read: () => Value, timeout = 20_000) => expect.poll(read, { timeout });

describe("a message on the queue", () => {
  it("reaches a browser as what it says, sent by the key that the browser subscribed for", async () => {
    const minji = await signIn();
    const key = await (await call("GET", "/v1/push-key", { token: minji.token })).json();
    expect(key).toEqual({ publicKey: keys.publicKey });
    const browser = await subscribed(minji);
    await enqueue(minji.userId);
    await soon(() => service.reportOf(browser)).toMatchObject({
      complaints: [],
      received: [
        {
          payload: { id: 1, title: "민지", message: "내일 연습할까요? 🙂", data: { roomId: 12 } },
          publicKey: keys.publicKey,
          claims: { aud: service.origin, sub: SUBJECT },
          headers: { "content-encoding": "aes128gcm", urgency: "high", topic: "notification-1" },
        },
      ],
    });
  });

  it("reaches the other browsers once, whatever becomes of one: gone, refusing, redirecting, hanging, busy", async () => {
    const minji = await signIn();
    const redirect = { status: 307, headers: { location: `${baseUrl.origin}/v1/me` } };
    const gone = await subscribed(minji, { status: 410 });
    const refusing = await subscribed(minji, { status: 403 });
    const redirecting = await subscribed(minji, redirect);
    const hanging = await subscribed(minji, "hang");
    const busy = await subscribed(minji, { status: 429, headers: { "retry-after": "16" } });
    const well = await subscribed(minji);
    await enqueue(minji.userId);
    await soon(() => service.reportOf(well).received.length).toBe(1);
    // The busy one and the one that hung are tried again by the queue, when it is time.
    await soon(() => [hanging, busy].map((browser) => service.reportOf(browser).received.length), 60_000).toEqual([
      1, 1,
    ]);
    const all = [gone, refusing, redirecting, hanging, busy, well].map((browser) => service.reportOf(browser));
    expect(all.map(({ requests }) => requests)).toEqual([1, 1, 1, 2, 2, 1]);
    expect(all.flatMap(({ complaints }) => complaints)).toEqual([]);
    const database = await miniflare.getD1Database("DB");
    const row = database.prepare("SELECT 1 FROM push_subscriptions WHERE endpoint = ?").bind(gone.endpoint);
    expect(await row.first()).toBeNull();
  });

  it("reaches no browser of a device that is looked at, or that has ended", async () => {
    const email = `${crypto.randomUUID()}@example.org`;
    const [looking, ended, away] = [await signIn(email), await signIn(email), await signIn(email)];
    const browsers = [await subscribed(looking), await subscribed(ended), await subscribed(away)];
    await call("POST", "/v1/auth/logout", { token: ended.token });
    const [, claims = ""] = looking.token.split(".");
    const { sid } = JSON.parse(Buffer.from(claims, "base64url").toString());
    await enqueue(looking.userId, { exceptDeviceIds: [sid] });
    await soon(() => browsers.map((browser) => service.reportOf(browser).requests)).toEqual([0, 0, 1]);
  });
});

it("a pair of keys is printed for who wants one, another each time", async () => {
  const outputs = await Promise.all([1, 2].map(() => runToEnd({ program: "src/local/vapid-keys.ts" })));
  const lines = outputs.map(({ output }) => output.trim().split("\n"));
  for (const [setting] of lines) expect(setting).toMatch(/^VAPID_PRIVATE_KEY=[\w-]{43}$/);
  expect(lines[0]?.[0]).not.toBe(lines[1]?.[0]);
});
