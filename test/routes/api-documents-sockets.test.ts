/** The AsyncAPI document against real sockets of a room: every client frame in both encodings, every refusal, every server frame. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { claimedUrl } from "../../objects/chat-room/media-claims.ts";
import { CLOSE_CODES } from "../../schema/protocol/close-codes.ts";
import { decodeTrusted, encodeFrame } from "../../schema/protocol/codec.ts";
import { roomClientFrame } from "../../schema/protocol/room/client-frames.ts";
import { roomServerFrame } from "../../schema/protocol/room/server-frames.ts";
import { type Encoding, SUBPROTOCOLS } from "../../schema/protocol/version.ts";
import { SAMPLE } from "../../src/api-documents/sample.ts";
import { CLIENT_FRAMES, COMMON_REFUSALS } from "../../src/api-documents/sockets/client-frames.ts";
import {
  type DescribedMessage,
  describedSocket,
  exampleOf,
  undocumented,
  without,
} from "../support/described-socket.ts";
import { breaches, shapeDifferences } from "../support/documents.ts";
import { call, knock, type SignedIn } from "../support/http.ts";
import { makeSampleWorld, type SampleWorld } from "../support/sample-world.ts";
import { type AnyFrame, TestSocket } from "../support/sockets.ts";

const { document, received, sent } = describedSocket("room");

/** A socket, and every frame of it as it came: batches are kept whole beside what is in them. */
async function open(world: SampleWorld, { token }: SignedIn, encoding: Encoding) {
  const [subprotocol = ""] = Object.entries(SUBPROTOCOLS).find(([, name]) => name === encoding) ?? [];
  const response = await knock(world.roomId, {
    authorization: `Bearer ${token}`,
    "sec-websocket-protocol": subprotocol,
  });
  const webSocket = response.webSocket ?? expect.fail(`no socket: ${response.status}`);
  const raw: AnyFrame[] = [];
  webSocket.addEventListener("message", ({ data }) => {
    if (data !== "pong") raw.push(decodeTrusted(data) as AnyFrame); // as TestSocket takes it: looked into by hand
  });
  const socket = new TestSocket(webSocket, encoding);
  await socket.waitFor("welcome");
  return Object.assign(socket, { raw });
}

const ENCODINGS = Object.values(SUBPROTOCOLS);

describe("the document and the wire", () => {
  test("every frame of either side is in it, and no other", () => {
    const typesOf = (union: typeof roomClientFrame | typeof roomServerFrame) =>
      union.options.map(({ shape }) => shape.type.value).sort();
    expect(received.map(({ type }) => type).sort()).toEqual(typesOf(roomClientFrame));
    expect(sent.map(({ type }) => type).sort()).toEqual(typesOf(roomServerFrame));
  });

  test("every close code is in it", () => {
    const listed = document.channels.room["x-close-codes"].map(({ code }: { code: number }) => code);
    expect(listed).toEqual(Object.values(CLOSE_CODES).map(({ code }) => code));
  });
});

describe.each(ENCODINGS)("client frames in %s", (encoding) => {
  test.each(received.map((one) => [one.type, one] as const))("%s is answered as documented", async (type, one) => {
    const world = await makeSampleWorld();
    const hers = await open(world, world.minji, encoding);
    const his = await open(world, world.daniel, encoding);
    if (type === "reaction.remove") {
      const added = received.find((other) => other.type === "reaction.add") ?? expect.fail("no such frame");
      await hers.request(without(world.fill(added.example)));
    }
    const frame = world.fill(one.example);
    const before = hers.frames.length;
    hers.send(frame);

    const [success] = one.replies;
    if (success) {
      const answer = await hers.waitFor((got) => got.ref === frame.ref && got.type === lastAnswerOf(one.replies));
      const ofIt = hers.frames.slice(before).filter(({ ref }) => ref === frame.ref);
      expect(ofIt.at(-1)).toEqual(answer);
      for (const got of ofIt) {
        const message = one.replies.find(({ name }) => name === got.type) ?? expect.fail(`${got.type} is no answer`);
        expect(undocumented(document, message, got), got.type).toEqual([]);
      }
    } else {
      // Answers keep the order of their frames: had it been answered, that would be here.
      await hers.request({ type: "history", limit: 1 });
      expect(hers.frames.slice(before).filter((got) => got.type === "error" || got.type === "ack")).toHaveLength(1);
    }
    const { event } = CLIENT_ENTRIES[type] ?? {};
    if (event === undefined) return;
    const { message } = sent.find((other) => other.type === event) ?? expect.fail(`${event} is not documented`);
    for (const socket of [hers, his]) {
      const fits = (got: AnyFrame) =>
        got.type === event && socket.frames.indexOf(got) >= (socket === hers ? before : 0);
      expect(breaches(document, message.payload, await socket.waitFor(fits))).toEqual([]);
    }
  });

  test("ping is answered with pong, as text", async () => {
    const world = await makeSampleWorld();
    const hers = await open(world, world.minji, encoding);
    const { request, response } = document.channels.room["x-heartbeat"];
    hers.sendRaw(request);
    expect(await hers.waitFor(response)).toEqual({ type: response });
  });
});

const CLIENT_ENTRIES: Readonly<Record<string, { event?: string; refusals: object }>> = CLIENT_FRAMES;

/** `error` is the last of the replies: the success before it is what ends the answer. */
function lastAnswerOf(replies: readonly DescribedMessage[]): string {
  return replies.filter(({ name }) => name !== "error").at(-1)?.name ?? expect.fail("nothing but errors");
}

type Room = Awaited<ReturnType<typeof open>>;
interface Scene {
  readonly world: SampleWorld;
  readonly hers: Room;
  readonly his: Room;
  /** The documented example, with its ids filled in. */
  readonly example: AnyFrame;
}

const elsewhere = ({ hers, example }: Scene) => hers.request({ ...without(example), id: 99 });
async function onDeleted({ hers, example }: Scene): Promise<AnyFrame> {
  await hers.request({ type: "message.delete", id: example.id });
  return hers.request(without(example));
}

const REFUSED: Readonly<Record<string, (scene: Scene) => Promise<AnyFrame>>> = {
  "message.send conflict": async ({ hers, example }) => {
    await hers.request(without(example));
    return hers.request({ ...without(example), content: "something else" });
  },
  "message.send not_found": ({ hers, example }) => hers.request({ ...without(example), replyToId: 99 }),
  "message.send gone": ({ world, hers, example }) => {
    const found = { contentType: "image/png", sizeBytes: 1, width: 1, height: 1, durationMs: null, fileName: null };
    const ownerId = world.minji.user.id;
    const file = { key: `message/${ownerId}/${SAMPLE.mediaName}`, ownerId, purpose: "message" as const, ...found };
    const fileUrl = claimedUrl({ file, roomId: world.roomId, until: Date.now() }, env);
    return hers.request({ ...without(example), messageType: "IMAGE", fileUrl });
  },
  "message.edit not_found": elsewhere,
  "message.edit forbidden": ({ his, example }) => his.request(without(example)),
  "message.edit gone": onDeleted,
  "message.delete not_found": elsewhere,
  "message.delete forbidden": ({ his, example }) => his.request(without(example)),
  "message.correct not_found": elsewhere,
  "message.correct forbidden": ({ his, example }) => his.request(without(example)),
  "message.correct conflict": ({ hers, example }) => hers.request({ ...without(example), corrected: "I am agree" }),
  "message.correct gone": onDeleted,
  "reaction.add not_found": elsewhere,
  "reaction.add conflict": async ({ hers, example }) => {
    const emoji = [..."😀😁😂😃😄😅😆😇😈😉😊😋😌😍😎😏😐😑😒😓"];
    for (const one of emoji) await hers.request({ ...without(example), emoji: one });
    return hers.request(without(example));
  },
  "reaction.add gone": onDeleted,
  "reaction.remove not_found": elsewhere,
  "reaction.remove gone": onDeleted,
  "read not_found": elsewhere,
  "auth.refresh unauthorized": ({ hers, example }) => hers.request({ ...without(example), token: "garbage" }),
  "auth.refresh forbidden": ({ world, hers, example }) =>
    hers.request({ ...without(example), token: world.daniel.token }),
};

/** What every frame may be refused for. */
const REFUSED_ANYWHERE: Readonly<Record<string, (scene: Scene) => Promise<AnyFrame>>> = {
  invalid_frame: ({ hers }) => hers.request({ type: "message.edit", id: "1", content: "" }),
  unknown_type: ({ hers }) => hers.request({ type: "message.shout" }),
  too_large: async ({ hers }) => {
    hers.send({ type: "message.send", ref: 1, clientId: "1", content: "x".repeat(70_000) });
    const refusal = await hers.waitFor("error");
    expect((await hers.waitForClose()).code).toBe(CLOSE_CODES.frameTooLarge.code);
    return refusal;
  },
  rate_limited: async ({ hers }) => {
    for (let n = 0; n < 60; n += 1) hers.send({ type: "message.send", ref: n, clientId: `c${n}`, content: "hello" });
    const refusal = await hers.waitFor("error");
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    return refusal;
  },
};

describe("refusals", () => {
  const error = sent.find(({ type }) => type === "error")?.message ?? expect.fail("errors are not documented");
  const scene = async (type: string): Promise<Scene> => {
    const world = await makeSampleWorld();
    const hers = await open(world, world.minji, "json");
    const his = await open(world, world.daniel, "json");
    const example = received.find((one) => one.type === type)?.example;
    return { world, hers, his, example: world.fill(example ?? { type }) };
  };
  const cases = Object.entries(CLIENT_ENTRIES).flatMap(([type, { refusals }]) =>
    Object.keys(refusals).map((code): [string, string, string] => [type, code, `${type} ${code}`]),
  );

  test.each(cases)("%s with %s", async (type, code, name) => {
    const refusal = await (REFUSED[name] ?? expect.fail(`nothing provokes ${name}`))(await scene(type));
    expect(refusal).toMatchObject({ type: "error", code });
    expect(breaches(document, error.payload, refusal)).toEqual([]);
    expect(shapeDifferences(without(exampleOf(error)), without(refusal))).toEqual([]);
  });

  // `internal` is what the fault tests of the room bring about.
  test.each(Object.keys(COMMON_REFUSALS).filter((code) => code !== "internal"))("any frame with %s", async (code) => {
    const refusal = await (REFUSED_ANYWHERE[code] ?? expect.fail(`nothing provokes ${code}`))(await scene("any"));
    expect(refusal).toMatchObject({ type: "error", code });
    expect(breaches(document, error.payload, refusal)).toEqual([]);
  });
});

describe("server frames", () => {
  test("each is received, and is what the document says of it", async () => {
    const world = await makeSampleWorld();
    const { minji, daniel, sofia, roomId } = world;
    const [hers, his] = [await open(world, minji, "json"), await open(world, daniel, "msgpack")];
    for (const { type, example } of received) {
      // Deleting comes last: what is deleted cannot be corrected.
      if (type !== "message.delete" && type !== "probe") hers.send(world.fill(example));
    }
    await hers.waitFor("sync.completed");
    await hers.waitFor("reaction.changed");
    await hers.waitFor("receipt");
    await hers.request({ type: "message.delete", id: 1 });
    expect((await hers.request({ type: "message.delete", id: 99 })).type).toBe("error");

    const http = (method: string, path: string, body?: object) =>
      call(method, `/v1/rooms/${roomId}${path}`, { token: minji.token, ...(body && { body }) });
    await http("PATCH", "", { description: "Every Saturday morning" });
    await http("POST", "/participants", { participantIds: [sofia.user.id] });
    await http("PATCH", `/participants/${sofia.user.id}`, { role: "ADMIN" });
    (await open(world, sofia, "json")).close();
    await hers.waitFor("participant.offline");
    await http("DELETE", `/participants/${sofia.user.id}`);
    await hers.waitFor("participant.left");
    await call("PUT", `/v1/me/blocks/${sofia.user.id}`, { token: minji.token });
    await hers.waitFor("blocks.changed");
    await call("DELETE", `/v1/me/blocks/${sofia.user.id}`, { token: minji.token });

    // A MiB unread is what a probe is for; frames that are sent at once come back as a batch.
    const content = "가".repeat(4_000);
    for (let n = 0; n < 30; n += 1) his.send({ type: "message.send", ref: n, clientId: `long-${n}`, content });
    await his.waitFor((frame) => frame.type === "ack" && frame.ref === 29);
    for (let n = 0; n < 4; n += 1) await his.request({ type: "history", limit: 100 });
    await his.waitFor("probe");

    const seen = new Map<string, AnyFrame[]>();
    for (const frame of [hers, his].flatMap(({ raw, frames }) => [...raw, ...frames])) {
      seen.set(frame.type, [...(seen.get(frame.type) ?? []), frame]);
    }
    expect([...seen.keys()].sort()).toEqual(sent.map(({ type }) => type).sort());
    for (const { type, message } of sent) {
      for (const frame of seen.get(type) ?? []) expect(breaches(document, message.payload, frame), type).toEqual([]);
    }
    expect(encodeFrame("json", seen.get("batch")?.[0] ?? {})).toContain('"frames":[{"type":');
  });
});
