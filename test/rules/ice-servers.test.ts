import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type IceSettings, iceServersFor } from "../../objects/learning-session/ice-servers.ts";

const NOW = Date.UTC(2026, 10, 22, 9, 0, 0);
const EXPIRES = NOW + 5 * 60 * 60_000;
const nothing: IceSettings = {
  STUN_URLS: "",
  TURN_URLS: "",
  TURN_SECRET: "",
  CLOUDFLARE_TURN_KEY_ID: "",
  CLOUDFLARE_TURN_TOKEN: "",
};
const stun = { ...nothing, STUN_URLS: "stun:stun.example.org:3478" };
const cloudflare = { ...stun, CLOUDFLARE_TURN_KEY_ID: "key/of ours", CLOUDFLARE_TURN_TOKEN: "a token" };

interface Asked {
  readonly url: string;
  readonly authorization: string | null;
  readonly body: unknown;
}

/** Cloudflare's API as its documentation shows it, or one that answers otherwise. */
function answering(answer: (asked: Asked) => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const one = { url: request.url, authorization: request.headers.get("authorization"), body: await request.json() };
    asked.push(one);
    return answer(one);
  };
  return { asked, send };
}

const unasked = answering(() => {
  throw new Error("nobody was to be asked");
});

describe("ice servers", () => {
  test("are none where nothing is set up", async () => {
    expect(await iceServersFor(nothing, 7, { fetch: unasked.send })).toEqual({ iceServers: [], expiresAt: null });
  });

  test("are those of STUN alone where there is no relay", async () => {
    const settings = { ...nothing, STUN_URLS: " stun:a.example:3478 ,, stuns:b.example" };
    expect(await iceServersFor(settings, 7, { fetch: unasked.send })).toEqual({
      iceServers: [{ urls: ["stun:a.example:3478", "stuns:b.example"] }],
      expiresAt: null,
    });
  });

  test("give one's own relay a name that ends, and its signature under the shared secret", async () => {
    const urls = ["turn:turn.example.org:3478?transport=udp", "turns:[2001:db8::1]:5349?transport=tcp"];
    const settings = { ...stun, TURN_URLS: urls.join(","), TURN_SECRET: "a secret, 비밀" };
    const username = `${EXPIRES / 1_000}:7`;
    expect(await iceServersFor(settings, 7, { now: () => NOW, fetch: unasked.send })).toEqual({
      iceServers: [
        { urls: ["stun:stun.example.org:3478"] },
        {
          urls,
          username,
          credential: createHmac("sha1", "a secret, 비밀").update(username).digest("base64"),
        },
      ],
      expiresAt: EXPIRES,
    });
  });

  test.each([
    ["no secret", { TURN_URLS: "turn:turn.example.org" }],
    ["no address", { TURN_SECRET: "a secret" }],
    [
      "addresses that are none",
      { TURN_SECRET: "a secret", TURN_URLS: "turn.example.org,turn:a b,turn:x?transport=sctp" },
    ],
  ])("have no relay with %s", async (_, settings) => {
    const { iceServers, expiresAt } = await iceServersFor({ ...stun, ...settings }, 7, { fetch: unasked.send });
    expect({ iceServers, expiresAt }).toEqual({ iceServers: [{ urls: [stun.STUN_URLS] }], expiresAt: null });
  });

  test("leave out an address that is none, and keep those beside it", async () => {
    const settings = { ...nothing, TURN_SECRET: "s", TURN_URLS: "https://turn.example.org,turn:turn.example.org" };
    const { iceServers } = await iceServersFor(settings, 7);
    expect(iceServers.map(({ urls }) => urls)).toEqual([["turn:turn.example.org"]]);
  });

  test("ask Cloudflare for credentials, and hand on its relays without the port that browsers refuse", async () => {
    const { asked, send } = answering(() =>
      Response.json(
        {
          iceServers: [
            { urls: ["stun:stun.cloudflare.com:3478", "stun:stun.cloudflare.com:53"] },
            {
              urls: [
                "turn:turn.cloudflare.com:3478?transport=udp",
                "turn:turn.cloudflare.com:53?transport=udp",
                "turns:turn.cloudflare.com:5349?transport=tcp",
              ],
              username: "bc91",
              credential: "ebd7",
            },
          ],
        },
        { status: 201 },
      ),
    );
    expect(await iceServersFor(cloudflare, 7, { now: () => NOW, fetch: send })).toEqual({
      iceServers: [
        { urls: ["stun:stun.example.org:3478"] },
        {
          urls: ["turn:turn.cloudflare.com:3478?transport=udp", "turns:turn.cloudflare.com:5349?transport=tcp"],
          username: "bc91",
          credential: "ebd7",
        },
      ],
      expiresAt: EXPIRES,
    });
    expect(asked).toEqual([
      {
        url: "https://rtc.live.cloudflare.com/v1/turn/keys/key%2Fof%20ours/credentials/generate-ice-servers",
        authorization: "Bearer a token",
        body: { ttl: 18_000 },
      },
    ]);
  });

  test("understand Cloudflare's answer of a single server as well", async () => {
    const { send } = answering(() =>
      Response.json({ iceServers: { urls: "turn:turn.cloudflare.com:3478", username: "u", credential: "c" } }),
    );
    const { iceServers } = await iceServersFor(cloudflare, 7, { fetch: send });
    expect(iceServers[1]).toEqual({ urls: ["turn:turn.cloudflare.com:3478"], username: "u", credential: "c" });
  });

  test.each([
    ["refuses", () => new Response("no", { status: 401 })],
    ["is down", () => new Response("", { status: 503 })],
    ["sends elsewhere", () => Response.redirect("https://evil.example/")],
    ["answers with something else", () => Response.json({ iceServers: "turn:turn.cloudflare.com" })],
    ["answers with no JSON", () => new Response("<html>")],
    ["cannot be reached", () => Promise.reject(new TypeError("Network connection lost."))],
  ])("are those of STUN where Cloudflare %s", async (_, answer) => {
    expect(await iceServersFor(cloudflare, 7, { fetch: answering(answer).send })).toEqual({
      iceServers: [{ urls: ["stun:stun.example.org:3478"] }],
      expiresAt: null,
    });
  });

  test("are those of STUN where Cloudflare takes too long", async () => {
    const send: typeof fetch = (_, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      });
    const before = Date.now();
    const { expiresAt } = await iceServersFor(cloudflare, 7, { fetch: send });
    expect(expiresAt).toBeNull();
    expect(Date.now() - before).toBeLessThan(3_000);
  });
});
