/** The bundle that is deployed, in the runtime that it is deployed to: what tests inside the pool cannot show. */
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forgeToken } from "../support/forge-token.ts";
import { makeRoom, type Person, signIn } from "./support/people.ts";
import { openSocket, type RawSocket, socketUrl, type Upgrade, upgradeStatus } from "./support/raw-socket.ts";
import { roomContent } from "./support/rooms.ts";
import { cleanUp, freePort, newStateFolder, type ServerProcess, startServer } from "./support/server.ts";
import { secretOf, withoutSignature } from "./support/tokens.ts";

const FLOOD = new URL("./support/flood.ts", import.meta.url);
const FLOOD_FRAMES = 10_000;
/** Far above what a calm room needs, even on a machine that is busy with other tests. */
const CALM_MS = 2_000;

let server: ServerProcess;
let ara: Person;
let bomi: Person;
let stranger: Person;
let roomId: number;
let url: string;

beforeAll(async () => {
  server = await startServer({ stateFolder: newStateFolder(), port: await freePort() });
  ara = await signIn(server.baseUrl, "Ara");
  bomi = await signIn(server.baseUrl, "Bomi");
  stranger = await signIn(server.baseUrl, "Stranger");
  roomId = await makeRoom([ara, bomi]);
  url = socketUrl(server.baseUrl, roomId);
});

afterAll(cleanUp);

describe("both encodings", () => {
  it("carry one conversation, though the runtime forbids code from strings", async () => {
    const { socket: text } = await openSocket(url, { token: ara.token, encoding: "json" });
    const { socket: binary } = await openSocket(url, { token: bomi.token, encoding: "msgpack" });
    const content = "발음이 어려워요 🙈 but I'll try";
    const ack = await binary.request({ type: "message.send", clientId: "from-msgpack", content });
    expect(ack).toMatchObject({ type: "ack", duplicate: false });
    for (const socket of [text, binary]) {
      expect(await socket.waitFor("message.created")).toMatchObject({ message: { id: ack.id, content } });
    }
    const fix = { type: "message.correct", id: ack.id, corrected: "발음이 어려워요 🙈, but I'll try", note: "쉼표!" };
    expect(await text.request(fix)).toMatchObject({ type: "ack" });
    expect(await binary.waitFor("message.corrected")).toMatchObject({ message: { corrections: [{ note: "쉼표!" }] } });
    for (const socket of [text, binary]) socket.close();
  });

  it("answer a ping with a pong", async () => {
    for (const encoding of ["json", "msgpack"] as const) {
      const { socket } = await openSocket(url, { token: ara.token, encoding });
      socket.sendRaw("ping");
      expect(await socket.waitFor("pong")).toEqual({ type: "pong" });
      socket.close();
    }
  });
});

describe("an upgrade", () => {
  const identityOfAra = () =>
    btoa(JSON.stringify({ userId: ara.id, deviceId: "a-device", expiresAt: Date.now() + 900_000 }));
  const spoofs = (): Record<string, string> => ({
    "x-studymate-identity": identityOfAra(),
    "x-partykit-props": JSON.stringify({ userId: ara.id, role: "ADMIN" }),
    "x-partykit-room": "1",
  });
  const forged = (details: { audience?: string; lifetimeSeconds?: number; secret?: string }) =>
    forgeToken({ userId: ara.id, secret: secretOf(server.stateFolder), ...details });

  const cases: readonly [name: string, status: number, upgrade: () => Upgrade | Promise<Upgrade>][] = [
    ["with a token", 101, () => ({ token: ara.token })],
    ["with a token as subprotocol", 101, () => ({ protocols: [`bearer.${ara.token}`] })],
    ["from our own page", 101, () => ({ token: ara.token, headers: { origin: server.baseUrl } })],
    ["without a token", 401, () => ({})],
    ["with garbage", 401, () => ({ token: "garbage" })],
    ["with a token that nobody signed", 401, () => ({ token: withoutSignature(ara.token) })],
    ["with an expired token", 401, async () => ({ token: await forged({ lifetimeSeconds: -1 }) })],
    ["with a token for somebody else", 401, async () => ({ token: await forged({ audience: "another" }) })],
    ["with a foreign signature", 401, async () => ({ token: await forged({ secret: "x".repeat(48) }) })],
    ["with the token in the URL", 401, () => ({ query: `?token=${ara.token}&access_token=${ara.token}` })],
    ["from a foreign page", 403, () => ({ token: ara.token, headers: { origin: "https://evil.example" } })],
    ["from a sandboxed page", 403, () => ({ token: ara.token, headers: { origin: "null" } })],
    ["by somebody who does not take part", 403, () => ({ token: stranger.token })],
    ["that claims to be admitted already", 401, () => ({ headers: spoofs(), query: `?_pk=${ara.id}` })],
    [
      "by a stranger who claims to be somebody else",
      403,
      () => {
        return { token: stranger.token, headers: spoofs(), query: `?_pk=user:${ara.id}` };
      },
    ],
  ];

  it.each(cases)("%s is answered %i", async (_name, status, upgrade) => {
    const details = await upgrade();
    expect(await upgradeStatus(`${url}${details.query ?? ""}`, details)).toBe(status);
  });

  it("for a room that is not there is answered 404", async () => {
    expect(await upgradeStatus(socketUrl(server.baseUrl, 424_242), { token: ara.token })).toBe(404);
  });

  it("counts as the one whose token it carries, whatever else it says", async () => {
    const { socket, welcome } = await openSocket(`${url}?_pk=${ara.id}`, { token: bomi.token, headers: spoofs() });
    expect(welcome).toMatchObject({ you: { userId: bomi.id } });
    socket.close();
  });

  it("without `Upgrade` is answered 426", async () => {
    const answer = await fetch(url.replace("ws", "http"), { headers: { authorization: `Bearer ${ara.token}` } });
    expect(answer.status).toBe(426);
    expect(await answer.json()).toMatchObject({ code: "upgrade_required" });
  });
});

describe("a hostile socket", () => {
  it("gets text that is not UTF-8 decoded by the runtime: what is stored is well-formed", async () => {
    const { socket } = await openSocket(url, { token: ara.token });
    const [head, tail] = ['{"type":"message.send","ref":"bytes","clientId":"not-utf-8","content":"a', 'b"}'];
    socket.sendRaw(Buffer.concat([Buffer.from(head), Buffer.of(0xff, 0xc0, 0x80), Buffer.from(tail)]), true);
    expect(await socket.waitFor("ack")).toMatchObject({ ref: "bytes" });
    const { messages } = await roomContent(server.baseUrl, roomId, bomi.token);
    expect(messages.at(-1)).toMatchObject({ clientId: "not-utf-8", content: "a\uFFFD\uFFFD\uFFFDb" });
    socket.close();
  });

  it("is refused a MessagePack string that is not UTF-8", async () => {
    const { socket } = await openSocket(url, { token: ara.token, encoding: "msgpack" });
    socket.sendRaw(Buffer.concat([Buffer.from([0x81, 0xa4]), Buffer.from("type"), Buffer.of(0xa3, 0xff, 0xc0, 0x80)]));
    expect(await socket.waitFor("error")).toMatchObject({ code: "invalid_frame" });
    socket.close();
  });

  it.each(["json", "msgpack"] as const)("is closed with 4413 for a frame of 65 KiB in %s", async (encoding) => {
    const { socket } = await openSocket(url, { token: ara.token, encoding });
    socket.send({ type: "message.send", clientId: "too-large", content: "x".repeat(65 * 1_024) });
    expect(await socket.closed).toMatchObject({ code: 4413 });
    expect(socket.frames).toContainEqual(expect.objectContaining({ type: "error", code: "too_large" }));
  });

  it(`that sends ${FLOOD_FRAMES} frames at once is closed with 4429, and the others do not notice`, async () => {
    const { socket: calm } = await openSocket(url, { token: bomi.token });
    let end: unknown;
    new Worker(FLOOD, { workerData: { url, token: ara.token, frames: FLOOD_FRAMES } }).once("message", (closed) => {
      end = closed;
    });
    const latencies: number[] = [];
    while (end === undefined) {
      latencies.push(await ackLatencyMs(calm, `calm-${latencies.length}`));
    }
    const sorted = latencies.sort((a, b) => a - b);
    const [p50, most] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map((ms) => Math.round(ms ?? 0));
    console.log(`Beside ${FLOOD_FRAMES} frames: ${sorted.length} acks, p50 ${p50} ms, most ${most} ms`);
    expect(end).toMatchObject({ code: 4429 });
    expect(most).toBeLessThan(CALM_MS);
    calm.close();
  });
});

/** How long an ack takes. The sender keeps to their own limits: what is refused for its rate is sent again later. */
async function ackLatencyMs(socket: RawSocket, clientId: string): Promise<number> {
  for (;;) {
    const sentAt = performance.now();
    const answer = await socket.request({ type: "message.send", clientId, content: "차분하게" });
    if (answer.type === "ack") return performance.now() - sentAt;
    expect(answer).toMatchObject({ type: "error", code: "rate_limited" });
    await pause(Number(answer.retryAfterMs));
  }
}
