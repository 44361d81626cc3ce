/** Web push, where it needs no runtime: whom pushes go to, what fits into them, what becomes of the answers. */
import { describe, expect, test } from "vitest";
import { subscribeRequest } from "../../schema/api/push.ts";
import { type PushPayload, pushMessage, pushPayload, pushRetry } from "../../schema/push.ts";
import { encryptFor, isPublicKey } from "../../src/push/encryption.ts";
import { isPushEndpoint } from "../../src/push/endpoint-rules.ts";
import { Lanes } from "../../src/push/lanes.ts";
import { fitPayload, judgeAnswer, MAX_PLAINTEXT_BYTES, retrySeconds } from "../../src/push/rules.ts";

const production = { PUSH_ORIGINS: "", DEV_LOGIN: "false" };
const withOrigins = (PUSH_ORIGINS: string, DEV_LOGIN = "false") => ({ PUSH_ORIGINS, DEV_LOGIN });

describe("an endpoint", () => {
  test.each([
    ["Chrome's", "https://fcm.googleapis.com/fcm/send/abc:def"],
    ["Firefox's", "https://updates.push.services.mozilla.com/wpush/v2/gAAAA"],
    ["Safari's", "https://web.push.apple.com/QGuQyavXutnMH"],
    ["Edge's", "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAB%2b"],
  ])("is taken where it is %s", (_, endpoint) => {
    expect(isPushEndpoint(endpoint, production)).toBe(true);
  });

  test.each([
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com:8443/fcm/send/abc",
    "https://fcm.googleapis.com./fcm/send/abc",
    "https://FCM.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com/fcm/send/abc#fragment",
    "https://fcm.googleapis.com/a/../b",
    "https://user@fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com@evil.example/",
    "https://fcm.googleapis.com\\@evil.example/",
    "https://evil.example/https://fcm.googleapis.com/",
    "https://evil.example/?fcm.googleapis.com",
    "https://fcm.googleapis.com.evil.example/",
    "https://evilfcm.googleapis.com/",
    "https://evil-push.apple.com/",
    "https://googleapis.com/",
    "https://storage.googleapis.com/",
    "https://apple.com/",
    "https://localhost/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:169.254.169.254]/",
    "http://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254/",
    "https://fcm.googleapis.com\n.evil.example/",
    " https://fcm.googleapis.com/",
    "https://ｆcm.googleapis.com/",
    "https://fcm%2egoogleapis.com/",
    "//fcm.googleapis.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,fcm.googleapis.com",
    "fcm.googleapis.com",
    "",
  ])("is refused: %j", (endpoint) => {
    expect(isPushEndpoint(endpoint, production)).toBe(false);
  });

  test.each([
    ["an origin with TLS", withOrigins("https://a.example, https://push.example.org"), true],
    ["another port of it", withOrigins("https://push.example.org:444"), false],
    ["what is no origin", withOrigins("https://push.example.org/x,push.example.org,*"), false],
    ["nothing", withOrigins(""), false],
  ])("of a further service is judged by %s of the settings", (_, settings, isTaken) => {
    expect(isPushEndpoint("https://push.example.org/one", settings)).toBe(isTaken);
  });

  test.each([
    ["this machine where anybody may be anybody", "http://127.0.0.1:4000", "true", true],
    ["this machine elsewhere", "http://127.0.0.1:4000", "false", false],
    ["another machine", "http://10.0.0.5:4000", "true", false],
  ])("without TLS is taken of %s: %s with DEV_LOGIN %j", (_, origin, devLogin, isTaken) => {
    expect(isPushEndpoint(`${origin}/push/1`, withOrigins(origin, devLogin))).toBe(isTaken);
  });
});

describe("a payload", () => {
  const payload = (message: string, more: Partial<PushPayload> = {}): PushPayload => ({
    id: 7,
    type: "MESSAGE",
    title: "민지",
    message,
    data: { roomId: 12 },
    ...more,
  });
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).byteLength;

  test("that fits stays as it is", () => {
    const room = MAX_PLAINTEXT_BYTES - bytes(payload(""));
    const whole = payload("a".repeat(room));
    expect(bytes(whole)).toBe(MAX_PLAINTEXT_BYTES);
    expect(fitPayload(whole)).toBe(whole);
    expect(fitPayload(payload("a".repeat(room + 1))).message).toBe(`${"a".repeat(room - 3)}…`);
  });

  test.each([
    ["a syllable", "한"],
    ["an emoji of two halves", "🙈"],
    ["a family", "👨‍👩‍👧‍👦"],
    ["a flag", "🇰🇷"],
    ["letters of an alphabet in one syllable", "각"],
    ["a letter with its accent", "e\u0301"],
    ["a quote, which JSON writes as two", '"'],
    ["a character that JSON writes as six", "\u0001"],
  ])("is never cut inside %s", (_, character) => {
    for (const before of ["", "a", "ab", "abc"]) {
      const { message } = fitPayload(payload(before + character.repeat(4_100)));
      const cut = payload(message);
      expect(bytes(cut)).toBeLessThanOrEqual(MAX_PLAINTEXT_BYTES);
      expect(bytes(cut)).toBeGreaterThan(MAX_PLAINTEXT_BYTES - bytes(character));
      expect(message.slice(before.length, -1).replaceAll(character, "")).toBe("");
      expect(message.endsWith("…")).toBe(true);
    }
  });

  test("fits whatever is in the largest of its other fields", () => {
    const largest = payload("😀".repeat(2_000), {
      id: Number.MAX_SAFE_INTEGER,
      type: "\u0001".repeat(64),
      title: "\u0001".repeat(200),
      data: { a: "가".repeat(338) },
    });
    expect(pushPayload.safeParse(largest).success).toBe(true);
    expect(bytes(fitPayload(largest))).toBeLessThanOrEqual(MAX_PLAINTEXT_BYTES);
  });

  test("with more data than it may have is refused", () => {
    expect(pushPayload.safeParse(payload("", { data: { a: "가".repeat(342) } })).success).toBe(false);
  });
});

describe("a message on the queue", () => {
  const payload = { id: 1, type: "MESSAGE", title: "t", message: "m", data: {} };
  const message = { userId: 1, exceptDeviceIds: [], ttlSeconds: 60, urgency: "normal", payload };

  test("is to all browsers or to one, never both", () => {
    const retry = { userId: 1, subscriptionId: 2, expiresAt: 3, urgency: "normal", payload };
    expect([pushMessage, pushRetry].map((schema) => schema.safeParse(message).success)).toEqual([true, false]);
    expect([pushMessage, pushRetry].map((schema) => schema.safeParse(retry).success)).toEqual([false, true]);
  });

  test.each([
    ["nobody's", { userId: 0 }],
    ["worth nothing from the beginning", { ttlSeconds: 0 }],
    ["for longer than a service keeps it", { ttlSeconds: 2_419_201 }],
    ["of no urgency that there is", { urgency: "highest" }],
    ["of a topic with other characters", { topic: "a b" }],
    ["of a topic that is too long", { topic: "a".repeat(33) }],
  ])("is refused where it is %s", (_, change) => {
    expect(pushMessage.safeParse({ ...message, ...change }).success).toBe(false);
  });
});

describe("an answer of a push service", () => {
  const now = Date.parse("2026-11-22T09:30:00Z");

  test.each([
    [200, "sent"],
    [201, "sent"],
    [202, "sent"],
    [204, "sent"],
    [301, "refused"],
    [307, "refused"],
    [400, "refused"],
    [401, "refused"],
    [403, "refused"],
    [404, "gone"],
    [410, "gone"],
    [413, "refused"],
    [429, "later"],
    [500, "later"],
    [502, "later"],
    [503, "later"],
  ])("%i means: %s", (status, kind) => {
    expect(judgeAnswer(status, null, now).kind).toBe(kind);
  });

  test.each([
    ["nothing", null, 0],
    ["seconds", "120", 120],
    ["a date", "Sun, 22 Nov 2026 09:32:00 GMT", 120],
    ["a date that has passed", "Sun, 22 Nov 2026 09:29:00 GMT", 0],
    ["nonsense", "soon", 0],
    ["less than nothing", "-5", 0],
  ])("says when to try again by %s", (_, retryAfter, afterSeconds) => {
    expect(judgeAnswer(429, retryAfter, now)).toEqual({ kind: "later", afterSeconds });
  });

  test("is waited for longer each time, for as long as it says, and never longer than a queue can", () => {
    expect([1, 2, 3, 8, 9, 20].map((attempts) => retrySeconds(attempts))).toEqual([15, 30, 60, 1_920, 3_600, 3_600]);
    expect([retrySeconds(1, 120), retrySeconds(5, 120), retrySeconds(1, 999_999_999)]).toEqual([120, 240, 43_200]);
  });
});

describe("encryption", () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
  const browser = {
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  };

  test("makes of RFC 8291's example what its appendix A has", async () => {
    const point = bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
    const [x, y] = [point.slice(1, 33), point.slice(33)].map((part) => Buffer.from(part).toString("base64url"));
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const open = { kty: "EC", crv: "P-256", x, y } as JsonWebKey;
    const secret = { ...open, d: "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw" };
    const keys = {
      publicKey: await crypto.subtle.importKey("jwk", open, curve, true, []),
      privateKey: await crypto.subtle.importKey("jwk", secret, curve, false, ["deriveBits"]),
    };
    const plaintext = new TextEncoder().encode("When I grow up, I want to be a watermelon");
    const body = await encryptFor(browser, plaintext, { salt: bytes("DGv6ra1nlYgDCS1FRnbzlw"), keys });
    expect(Buffer.from(body).toString("base64url")).toBe(
      "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
    );
  });

  test("is another each time, and takes up what is allowed at most", async () => {
    const plaintext = new Uint8Array(MAX_PLAINTEXT_BYTES);
    const [one, other] = await Promise.all([encryptFor(browser, plaintext), encryptFor(browser, plaintext)]);
    expect([one?.length, other?.length]).toEqual([4_096, 4_096]);
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false);
  });

  test("needs a point of the curve", async () => {
    expect(await isPublicKey(browser.p256dh)).toBe(true);
    for (const p256dh of [browser.p256dh.replace("BCV", "BCW"), `A${browser.p256dh.slice(1)}`, "AA", ""]) {
      expect(await isPublicKey(p256dh)).toBe(false);
    }
  });
});

describe("a subscription's body", () => {
  const keys = { p256dh: "B".repeat(87), auth: "A".repeat(22) };
  const endpoint = "https://fcm.googleapis.com/fcm/send/abc";

  test.each([
    ["what a browser gives", { endpoint, expirationTime: null, keys }, true],
    ["one without an expiration time", { endpoint, keys }, true],
    ["one without keys", { endpoint }, false],
    ["a key that is too short", { endpoint, keys: { ...keys, auth: "A".repeat(21) } }, false],
    ["a key in base64", { endpoint, keys: { ...keys, auth: `+${"A".repeat(21)}` } }, false],
    ["an endpoint that is too long", { endpoint: endpoint + "a".repeat(2_048), keys }, false],
  ])("is judged: %s", (_, body, isTaken) => {
    expect(subscribeRequest.safeParse(body).success).toBe(isTaken);
  });
});

describe("lanes", () => {
  test("hold up only calls to a host that hangs, and let the next one in when one ends, however it ends", async () => {
    const lanes = new Lanes();
    const began: string[] = [];
    const ends: (() => void)[] = [];
    const hanging = ["a", "b", "c", "d", "e"].map((name) =>
      lanes
        .run("slow.example", () => {
          began.push(name);
          return new Promise<string>((resolve, reject) =>
            ends.push(() => (name === "a" ? reject("no") : resolve(name))),
          );
        })
        .catch(String),
    );
    expect(await lanes.run("quick.example", async () => "done")).toBe("done");
    expect(began).toEqual(["a", "b", "c"]);
    for (let index = 0; index < 5; index += 1) {
      ends[index]?.();
      await hanging[index];
      await Promise.resolve();
    }
    expect(await Promise.all(hanging)).toEqual(["no", "b", "c", "d", "e"]);
    expect(began).toEqual(["a", "b", "c", "d", "e"]);
  });
});
