/** The AsyncAPI document against real sockets of a session: every frame of either side, in both encodings. */
import { describe, expect, test } from "vitest";
import { sessionClientFrame } from "../../schema/protocol/session/client-frames.ts";
import { sessionServerFrame } from "../../schema/protocol/session/server-frames.ts";
import { SUBPROTOCOLS } from "../../schema/protocol/version.ts";
import { type CallSocket, enterSession, joinCall } from "../support/calls.ts";
import { describedSocket, undocumented } from "../support/described-socket.ts";
import { breaches } from "../support/documents.ts";
import { planned, told } from "../support/planned.ts";
import { makeSampleWorld, type SampleWorld } from "../support/sample-world.ts";
import type { AnyFrame } from "../support/sockets.ts";

const { document, received, sent } = describedSocket("session");
const messageOf = (type: string) => sent.find((one) => one.type === type)?.message ?? expect.fail(`no ${type}`);

const IN_HOURS = 0.1;

test("every frame of either side is in the document, and no other", () => {
  const typesOf = (union: typeof sessionClientFrame | typeof sessionServerFrame) =>
    union.options.map(({ shape }) => shape.type.value).sort();
  expect(received.map(({ type }) => type).sort()).toEqual(typesOf(sessionClientFrame));
  expect(sent.map(({ type }) => type).sort()).toEqual(typesOf(sessionServerFrame));
});

/** A session of Minji's with Daniel that can be entered. */
async function opened(world: SampleWorld): Promise<number> {
  const { id } = await planned(world.minji, [world.daniel], { inHours: IN_HOURS, body: { description: "A photo." } });
  await told(world.daniel, id, "confirm");
  return id;
}

/** What has to be so before Minji's frame is taken. */
async function readyFor(type: string, hers: CallSocket, his: CallSocket): Promise<void> {
  if (type !== "recording.start" && type !== "recording.stop") return;
  for (const socket of [hers, his]) await socket.request({ type: "recording.consent", granted: true });
  if (type === "recording.stop") await hers.request({ type: "recording.start" });
}

/** What everybody gets after it. */
const EVENTS: Readonly<Record<string, string>> = {
  join: "peer.updated",
  leave: "peer.left",
  signal: "signal",
  media: "peer.updated",
  speaking: "talk.updated",
  "language.switch": "language.requested",
  "recording.consent": "recording.changed",
  "recording.start": "recording.changed",
  "recording.stop": "recording.changed",
  chat: "chat",
  reaction: "reaction",
  end: "session.ended",
  mute: "mute.requested",
};

describe.each(Object.values(SUBPROTOCOLS))("client frames in %s", (encoding) => {
  test.each(received.map((one) => [one.type, one] as const))("%s is answered as documented", async (type, one) => {
    const world = await makeSampleWorld();
    const id = await opened(world);
    const hers = await enterSession(id, world.minji, encoding);
    await hers.request({ type: "join", media: { audio: false, video: false, screen: false } });
    const his = await joinCall(id, world.daniel);
    await readyFor(type, hers, his);
    const frame = world.fill(one.example);
    hers.send(frame);
    const [success] = one.replies;
    if (success) {
      const answer = await hers.waitFor((got) => got.type === "ack" && got.ref === frame.ref);
      expect(undocumented(document, success, answer)).toEqual([]);
    }
    const event = EVENTS[type];
    if (event === undefined) {
      if (type === "remove") expect(await his.waitForClose()).toMatchObject({ code: 4403 });
      return;
    }
    expect(breaches(document, messageOf(event).payload, await his.waitFor(event))).toEqual([]);
  });
});

test.each<[code: string, frame: object]>([
  ["invalid_frame", { type: "media", audio: "yes" }],
  ["unknown_type", { type: "message.send", content: "hello" }],
  ["unauthorized", { type: "auth.refresh", token: "garbage" }],
  ["forbidden", { type: "end" }],
])("a frame is refused with %s", async (code, frame) => {
  const world = await makeSampleWorld();
  const id = await opened(world);
  const refusal = await (await joinCall(id, world.daniel)).request(frame);
  expect(refusal).toMatchObject({ type: "error", code });
  expect(breaches(document, messageOf("error").payload, refusal)).toEqual([]);
});

test("each frame of the server's own is received, and is what the document says of it", async () => {
  const world = await makeSampleWorld();
  const id = await opened(world);
  const hers = await joinCall(id, world.minji);
  const his = await joinCall(id, world.daniel);
  await hers.waitFor("session.started");
  const again = await joinCall(id, world.daniel);
  await again.request({ type: "language.switch" });
  await hers.request({ type: "language.switch" });
  await hers.waitFor("language.switched");
  await again.request({ type: "chat", content: "안녕!" });
  await hers.request({ type: "end" });
  await again.waitFor("session.ended");
  const seen = new Map<string, AnyFrame[]>();
  for (const frame of [...hers.frames, ...his.frames, ...again.frames]) {
    seen.set(frame.type, [...(seen.get(frame.type) ?? []), frame]);
  }
  for (const type of ["welcome", "peer.joined", "peer.left", "session.started", "language.switched", "session.ended"]) {
    expect([...seen.keys()]).toContain(type);
  }
  for (const [type, frames] of seen) {
    if (type === "ack") continue;
    for (const frame of frames) expect(breaches(document, messageOf(type).payload, frame), type).toEqual([]);
  }
  expect(undocumented(document, messageOf("welcome"), hers.welcome)).toEqual([]);
});
