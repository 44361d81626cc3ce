import { runInDurableObject } from "cloudflare:test";
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { sendBody } from "../../objects/chat-room/rules.ts";
import { makePeople, makeRoom } from "../support/rooms.ts";
import { type AnyFrame, connect, type TestSocket } from "../support/sockets.ts";

async function trio(): Promise<{ admin: TestSocket; mina: TestSocket; tom: TestSocket; ids: number[] }> {
  const ids = await makePeople(3);
  const { stub } = await makeRoom(ids);
  const [admin, mina, tom] = await Promise.all([
    connect(stub, { userId: ids[0] ?? 0 }),
    connect(stub, { userId: ids[1] ?? 0, encoding: "msgpack" }),
    connect(stub, { userId: ids[2] ?? 0 }),
  ]);
  return { admin, mina, tom, ids };
}

function say(socket: TestSocket, clientId: string, content: string): Promise<AnyFrame> {
  return socket.request({ type: "message.send", clientId, content });
}

it("numbers messages 1, 2, 3 and gives every socket each of them, the sender's too", async () => {
  const { mina, tom } = await trio();
  for (const n of [1, 2, 3]) expect(await say(mina, `c${n}`, `message ${n}`)).toMatchObject({ id: n });
  await tom.until(() => tom.of("message.created").length === 3, "three messages");
  for (const socket of [mina, tom])
    expect(socket.of("message.created").map(({ message }) => message.id)).toEqual([1, 2, 3]);
});

it("answers the same clientId with the first result, and refuses another body under it, even after an edit", async () => {
  const { mina, tom } = await trio();
  const first = await say(mina, "c1", "one");
  expect(await say(mina, "c1", "one")).toMatchObject({ id: 1, createdAt: first.createdAt, duplicate: true });
  expect(await say(mina, "c1", "two")).toMatchObject({ type: "error", code: "conflict" });
  await mina.request({ type: "message.edit", id: 1, content: "two" });
  expect(await say(mina, "c1", "one")).toMatchObject({ id: 1, duplicate: true });
  expect(await say(mina, "c1", "two")).toMatchObject({ code: "conflict" });
  // The clientId is the sender's own: somebody else's is another.
  expect(await say(tom, "c1", "mine")).toMatchObject({ id: 2, duplicate: false });
});

it("knows the body first sent after further edits and after the deletion, and what it answered", async () => {
  const { mina } = await trio();
  await say(mina, "c1", "one");
  await mina.request({ type: "message.send", clientId: "c2", content: "yes", replyToId: 1 });
  expect(await say(mina, "c2", "yes")).toMatchObject({ code: "conflict" });
  for (const content of ["two", "three"]) await mina.request({ type: "message.edit", id: 1, content });
  await mina.request({ type: "message.delete", id: 1 });
  expect(await say(mina, "c1", "one")).toMatchObject({ id: 1, duplicate: true });
  expect(await say(mina, "c1", "three")).toMatchObject({ code: "conflict" });
  expect(await mina.request({ type: "message.send", clientId: "c2", content: "yes", replyToId: 1 })).toMatchObject({
    id: 2,
    duplicate: true,
  });
});

it("knows the same send again by what was kept of it, whatever else was in the frame", async () => {
  const { mina } = await trio();
  const send = { type: "message.send", clientId: "c1", content: "one", fileMetadata: { width: 3 } };
  expect(await mina.request(send)).toMatchObject({ id: 1, duplicate: false });
  expect(await mina.request(send)).toMatchObject({ id: 1, duplicate: true });
  await mina.request({ type: "message.edit", id: 1, content: "two" });
  expect(await mina.request(send)).toMatchObject({ id: 1, duplicate: true });
});

it("knows the body first sent after an edit and back, also of a row that kept its hash from the start", async () => {
  const ids = await makePeople(1);
  const { stub } = await makeRoom(ids);
  const mina = await connect(stub, { userId: ids[0] ?? 0 });
  for (const clientId of ["c1", "c2"]) await say(mina, clientId, "one");
  const hash = createHash("sha256")
    .update(sendBody({ messageType: "TEXT", content: "one" }))
    .digest("base64url");
  await runInDurableObject(stub, (_, { storage }) =>
    storage.sql.exec("UPDATE messages SET body_hash = ? WHERE id = 2", hash.slice(0, 16)),
  );
  for (const [id, clientId] of [
    [1, "c1"],
    [2, "c2"],
  ] as const) {
    expect(await say(mina, clientId, "one")).toMatchObject({ id, duplicate: true });
    for (const content of ["two", "one"]) {
      await mina.request({ type: "message.edit", id, content });
      expect(await say(mina, clientId, "one")).toMatchObject({ id, duplicate: true });
      expect(await say(mina, clientId, "two")).toMatchObject({ code: "conflict" });
    }
    await mina.request({ type: "message.delete", id });
    expect(await say(mina, clientId, "one")).toMatchObject({ id, duplicate: true });
    expect(await say(mina, clientId, "two")).toMatchObject({ code: "conflict" });
  }
});

it("lets the sender alone edit, and nobody once it is deleted", async () => {
  const { admin, mina, tom } = await trio();
  await say(mina, "c1", "안녕하새요");
  expect(await tom.request({ type: "message.edit", id: 1, content: "hi" })).toMatchObject({ code: "forbidden" });
  expect(await admin.request({ type: "message.edit", id: 1, content: "hi" })).toMatchObject({ code: "forbidden" });
  expect(await mina.request({ type: "message.edit", id: 1, content: "안녕하세요" })).toMatchObject({
    type: "ack",
    rev: 1,
  });
  const { message } = await tom.waitFor("message.edited");
  expect(message).toMatchObject({ content: "안녕하세요", isEdited: true, rev: 1 });
  // The same text again changes nothing.
  expect(await mina.request({ type: "message.edit", id: 1, content: "안녕하세요" })).toMatchObject({ rev: 1 });
  await mina.request({ type: "message.delete", id: 1 });
  expect(await mina.request({ type: "message.edit", id: 1, content: "x" })).toMatchObject({ code: "gone" });
});

it("lets the sender or an ADMIN delete, and keeps nothing of the content", async () => {
  const { admin, mina, tom } = await trio();
  await say(mina, "c1", "secret");
  await tom.request({ type: "message.correct", id: 1, corrected: "secrets", note: "plural" });
  await tom.request({ type: "reaction.add", id: 1, emoji: "👍" });
  expect(await tom.request({ type: "message.delete", id: 1 })).toMatchObject({ code: "forbidden" });
  expect(await admin.request({ type: "message.delete", id: 1 })).toMatchObject({ rev: 3 });
  const { message } = await mina.waitFor("message.deleted");
  expect(message).toMatchObject({ content: null, isDeleted: true, reactions: [], corrections: [], rev: 3 });
  expect(await admin.request({ type: "message.delete", id: 1 })).toMatchObject({ type: "ack", rev: 3 });
  const { messages } = await tom.request({ type: "history" });
  expect(JSON.stringify(messages)).not.toContain("secret");
});

it("takes replies to what is there, and refuses one to what is not", async () => {
  const { mina, tom } = await trio();
  await say(mina, "c1", "question?");
  const reply = { type: "message.send", clientId: "c2", content: "answer", replyToId: 1 };
  expect(await tom.request(reply)).toMatchObject({ id: 2 });
  expect(await tom.request({ ...reply, clientId: "c3", replyToId: 99 })).toMatchObject({ code: "not_found" });
  const created = await mina.waitFor(({ message }) => message?.id === 2);
  expect(created.message.replyToId).toBe(1);
});

it("keeps reactions per emoji and person, once each, and can take them back", async () => {
  const { mina, tom, ids } = await trio();
  await say(mina, "c1", "hello");
  expect(await tom.request({ type: "reaction.add", id: 1, emoji: "👍" })).toMatchObject({ rev: 1 });
  expect(await tom.request({ type: "reaction.add", id: 1, emoji: "👍" })).toMatchObject({ rev: 1 });
  expect(await mina.request({ type: "reaction.add", id: 1, emoji: "👍" })).toMatchObject({ rev: 2 });
  expect(await tom.request({ type: "reaction.remove", id: 1, emoji: "👍" })).toMatchObject({ rev: 3 });
  const last = await mina.waitFor((frame) => frame.type === "reaction.changed" && frame.rev === 3);
  expect(last.message.reactions).toEqual([{ emoji: "👍", userIds: [ids[1]] }]);
  expect(await tom.request({ type: "reaction.add", id: 1, emoji: "no" })).toMatchObject({ code: "invalid_frame" });
  expect(await tom.request({ type: "reaction.add", id: 9, emoji: "👍" })).toMatchObject({ code: "not_found" });
});

it("lets any other participant propose a better wording, one per person, the latest counts", async () => {
  const { mina, tom, ids } = await trio();
  await say(mina, "c1", "I am agree with you");
  const correct = { type: "message.correct", id: 1, corrected: "I agree with you" };
  expect(await mina.request(correct)).toMatchObject({ code: "forbidden" });
  expect(await tom.request({ ...correct, corrected: "I am agree with you" })).toMatchObject({ code: "conflict" });
  expect(await tom.request({ ...correct, note: "agree is a verb" })).toMatchObject({ rev: 1 });
  expect(await tom.request({ ...correct, note: "'agree' is a verb" })).toMatchObject({ rev: 2 });
  const { message } = await mina.waitFor((frame) => frame.type === "message.corrected" && frame.rev === 2);
  expect(message.corrections).toMatchObject([
    { userId: ids[2], corrected: "I agree with you", note: "'agree' is a verb" },
  ]);
  expect(message.content).toBe("I am agree with you");
});

it("refuses files that were not uploaded, and SYSTEM from a client", async () => {
  const { mina } = await trio();
  const image = { type: "message.send", clientId: "c1", messageType: "IMAGE", fileUrl: "https://evil.example/x.png" };
  expect(await mina.request(image)).toMatchObject({ code: "not_found" });
  expect(
    await mina.request({ type: "message.send", clientId: "c2", messageType: "SYSTEM", content: "x" }),
  ).toMatchObject({
    code: "invalid_frame",
  });
});

it("answers history newest first, page by page", async () => {
  const { mina } = await trio();
  for (let n = 1; n <= 7; n += 1) await say(mina, `c${n}`, `m${n}`);
  const first = await mina.request({ type: "history", limit: 3 });
  expect(first.messages.map(({ id }: { id: number }) => id)).toEqual([7, 6, 5]);
  expect(first.hasMore).toBe(true);
  const last = await mina.request({ type: "history", beforeId: 4, limit: 100 });
  expect(last.messages.map(({ id }: { id: number }) => id)).toEqual([3, 2, 1]);
  expect(last.hasMore).toBe(false);
});

it("syncs every row past a position, and asks to start over where the position cannot be", async () => {
  const { mina, tom } = await trio();
  for (const n of [1, 2, 3]) await say(mina, `c${n}`, `m${n}`);
  await mina.request({ type: "message.edit", id: 1, content: "m1!" });
  const done = await tom.sync({ messageId: 2, rev: 0 });
  expect(done).toMatchObject({ messageId: 3, rev: 1 });
  const rows = tom.of("sync.rows").flatMap(({ messages }) => messages);
  expect(rows.map(({ id }) => id).toSorted()).toEqual([1, 3]);
  expect(await tom.sync({ messageId: 3, rev: 1 })).not.toHaveProperty("reset");
  expect(await tom.sync({ messageId: 4, rev: 0 })).toMatchObject({ reset: true, messageId: 3 });
  expect(await tom.sync({ messageId: 0, rev: 2 })).toMatchObject({ reset: true });
  expect(await tom.sync({ epoch: 1, messageId: 0, rev: 0 })).toMatchObject({ reset: true });
  expect(await tom.sync({ epoch: "other", messageId: 0, rev: 0 })).toMatchObject({ reset: true });
});

it("commits what arrives together as one group, and a bad command in it fails alone", async () => {
  const { mina, tom } = await trio();
  for (let n = 1; n <= 30; n += 1) {
    const replyToId = n === 15 ? { replyToId: 1_000_000 } : {};
    mina.send({ type: "message.send", ref: n, clientId: `c${n}`, content: `m${n}`, ...replyToId });
  }
  await mina.until(() => mina.of("ack").length === 29, "29 acks");
  expect(mina.of("error")).toMatchObject([{ ref: 15, code: "not_found" }]);
  await tom.until(() => tom.of("message.created").length === 29, "29 messages");
  expect(tom.of("message.created").map(({ message }) => message.id)).toEqual(
    Array.from({ length: 29 }, (_, n) => n + 1),
  );
  expect(tom.batches).toBeGreaterThan(0);
  expect(tom.batches).toBeLessThan(10);
});

it("keeps the corrections of a message that its sender then edits", async () => {
  const { mina, tom, ids } = await trio();
  await say(mina, "c1", "I am agree");
  await tom.request({ type: "message.correct", id: 1, corrected: "I agree" });
  await mina.request({ type: "message.edit", id: 1, content: "I agree" });
  const { message } = await tom.waitFor("message.edited");
  expect(message).toMatchObject({ content: "I agree", corrections: [{ userId: ids[2], corrected: "I agree" }] });
});
