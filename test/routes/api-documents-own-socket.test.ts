/** The AsyncAPI document against real sockets of a person's own: every frame of either side, in both encodings. */
import { describe, expect, test } from "vitest";
import { meClientFrame } from "../../schema/protocol/me/client-frames.ts";
import { meServerFrame } from "../../schema/protocol/me/server-frames.ts";
import { SUBPROTOCOLS } from "../../schema/protocol/version.ts";
import { describedSocket, undocumented } from "../support/described-socket.ts";
import { breaches } from "../support/documents.ts";
import { call, createRoom, enter, enterMe, type SignedIn, say } from "../support/http.ts";
import { introduce } from "../support/presence.ts";
import { roomStub } from "../support/rooms.ts";
import { makeSampleWorld } from "../support/sample-world.ts";
import type { AnyFrame } from "../support/sockets.ts";

const { document, received, sent } = describedSocket("me");
const messageOf = (type: string) => sent.find((one) => one.type === type)?.message ?? expect.fail(`no ${type}`);

test("every frame of either side is in the document, and no other", () => {
  const typesOf = (union: typeof meClientFrame | typeof meServerFrame) =>
    union.options.map(({ shape }) => shape.type.value).sort();
  expect(received.map(({ type }) => type).sort()).toEqual(typesOf(meClientFrame));
  expect(sent.map(({ type }) => type).sort()).toEqual(typesOf(meServerFrame));
});

describe.each(Object.values(SUBPROTOCOLS))("client frames in %s", (encoding) => {
  test.each(received.map((one) => [one.type, one] as const))("%s is answered as documented", async (type, one) => {
    const { minji, fill } = await makeSampleWorld();
    const socket = await enterMe(minji, encoding);
    const frame = fill(one.example);
    socket.send(frame);
    const [success] = one.replies;
    if (!success) {
      // Answers keep the order of their frames: had it been answered, that would be here.
      await socket.request({ type: "watch", userIds: [1] });
      expect(socket.frames.filter((got) => got.type === "error" || got.type === "ack")).toHaveLength(1);
      return;
    }
    const answer = await socket.waitFor((got) => got.type === "ack" && got.ref === frame.ref);
    expect(undocumented(document, success, answer)).toEqual([]);
    if (type === "auth.refresh") return;
    const event = type === "notification.read" ? type : "presence";
    expect(undocumented(document, messageOf(event), await socket.waitFor(event))).toEqual([]);
  });
});

test.each([
  ["invalid_frame", { type: "status.set", status: "offline" }],
  ["unknown_type", { type: "message.send", content: "hello" }],
  ["unauthorized", { type: "auth.refresh", token: "garbage" }],
  ["not_found", { type: "notification.read", id: 99 }],
])("a frame is refused with %s", async (code, frame) => {
  const { minji } = await makeSampleWorld();
  const refusal = await (await enterMe(minji)).request(frame);
  expect(refusal).toMatchObject({ type: "error", code });
  expect(breaches(document, messageOf("error").payload, refusal)).toEqual([]);
});

test("each frame of the server's own is received, and is what the document says of it", async () => {
  const { minji, daniel, sofia, roomId } = await makeSampleWorld();
  await introduce(minji.user.id, daniel.user.id);
  const hers = await enterMe(minji, "msgpack");
  const his = await enterMe(daniel);
  await hers.waitFor((frame) => frame.type === "presence" && frame.status === "online");
  await say(await enter(roomId, daniel), "more");
  await roomStub(roomId).flush();
  await hers.waitFor("inbox.updated");
  await hers.waitFor("notification.created");
  await hers.request({ type: "notification.read", all: true });
  await leaveRoom(sofia, minji);
  await hers.waitFor("inbox.removed");
  const seen = new Map<string, AnyFrame[]>();
  for (const frame of [...hers.frames, ...his.frames]) {
    seen.set(frame.type, [...(seen.get(frame.type) ?? []), frame]);
  }
  expect([...seen.keys()].filter((type) => type !== "ack").sort()).toEqual([
    ...["inbox.removed", "inbox.updated", "notification.created", "notification.read", "presence", "welcome"],
  ]);
  for (const [type, frames] of seen) {
    for (const frame of frames) expect(breaches(document, messageOf(type).payload, frame), type).toEqual([]);
  }
  expect(undocumented(document, messageOf("welcome"), hers.welcome)).toEqual([]);
  expect(
    undocumented(document, messageOf("inbox.updated"), seen.get("inbox.updated")?.at(-1) ?? expect.fail()),
  ).toEqual([]);
});

/** A room that one makes with the other, who then leaves it. */
async function leaveRoom(maker: SignedIn, leaver: SignedIn): Promise<void> {
  const made = await createRoom(maker, { roomType: "GROUP", name: "A room", participantIds: [leaver.user.id] });
  const { id } = await made.json<{ id: number }>();
  await call("DELETE", `/v1/rooms/${id}/participants/${leaver.user.id}`, { token: leaver.token });
}
