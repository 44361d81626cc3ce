import { describe, expect, it, onTestFinished } from "vitest";
import { createClient, StudyMateError } from "../../../src/client/index.ts";
import { type ScriptedRoom, type ScriptedRoomOptions, scriptedRoom } from "../../../src/client/testing/index.ts";

const MINJI = 1;
const EMILY = 2;

function join(server: ScriptedRoom, userId: number, encoding: "json" | "msgpack" = "msgpack") {
  const { baseUrl, WebSocket, fetch } = server;
  // No pause between tries: the server is in memory, and nothing is to be waited for.
  const client = createClient({
    baseUrl,
    WebSocket,
    fetch,
    encoding,
    token: () => server.token(userId),
    random: () => 0,
  });
  onTestFinished(() => client.close());
  return client.room(server.id);
}

async function two(options?: ScriptedRoomOptions) {
  const server = scriptedRoom(options);
  const [minji, emily] = [join(server, MINJI, "json"), join(server, EMILY)];
  await Promise.all([minji.whenLive(), emily.whenLive()]);
  return { server, minji, emily };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (error) => (error instanceof StudyMateError ? error.code : String(error)),
  );

describe("A scripted room", () => {
  it("numbers messages and changes without gaps, for several sockets in either encoding", async () => {
    const { server, minji, emily } = await two();
    const sent = await Promise.all([minji.send("안녕"), emily.send("hi"), minji.send("I am agree")]);
    await emily.correct(sent[2].id, "I agree", "agree is a verb");
    await minji.react(sent[1].id, "👏");
    await minji.edit(sent[0].id, "안녕하세요");
    await minji.delete(sent[0].id);
    expect(sent.map(({ id }) => id).sort()).toEqual([1, 2, 3]);
    expect(server.messages.map(({ rev }) => rev).sort()).toEqual([1, 2, 4]);
    await expect.poll(() => emily.getSnapshot().messages).toEqual(server.messages);
    expect(minji.getSnapshot().messages).toEqual(server.messages);
    expect(server.messages[sent[2].id - 1]?.corrections).toMatchObject([{ userId: EMILY, note: "agree is a verb" }]);
  });

  it("takes a message with a known clientId as the same message", async () => {
    const { server, minji } = await two();
    const first = await minji.send("once", { clientId: "one" });
    server.drop({ userId: MINJI });
    expect(first.duplicate).toBe(false);
    await minji.whenLive();
    expect(await minji.send("once", { clientId: "one" })).toMatchObject({ id: first.id, duplicate: true });
    expect(server.messages).toHaveLength(1);
  });

  it("stores a message whose answer is lost with the connection, once", async () => {
    const { server, minji, emily } = await two();
    server.cutBeforeAnswer("message.send");
    expect(await minji.send("들려요?")).toMatchObject({ id: 1, duplicate: true });
    expect(server.messages).toHaveLength(1);
    expect(server.received.filter(({ frame }) => frame.type === "message.send")).toHaveLength(2);
    expect(emily.getSnapshot().messages).toEqual(server.messages);
  });

  it("tells who comes back what they missed", async () => {
    const { server, emily } = await two({ messages: [{ senderId: MINJI, content: "하나" }] });
    server.drop({ userId: EMILY });
    server.says(MINJI, "둘", { replyToId: 1 });
    server.does(MINJI, { do: "edit", id: 1, content: "하나!" });
    server.does(MINJI, { do: "rename", name: "새 이름" });
    await expect.poll(() => emily.getSnapshot().messages).toEqual(server.messages);
    expect(emily.getSnapshot().room?.name).toBe("새 이름");
  });

  it("gives older messages page by page", async () => {
    const messages = Array.from({ length: 130 }, (_, at) => ({ senderId: EMILY, content: `문장 ${at + 1}` }));
    const { minji } = await two({ messages });
    while (minji.getSnapshot().hasOlder) await minji.loadOlder();
    expect(minji.getSnapshot().messages.map(({ id }) => id)).toEqual(messages.map((_, at) => at + 1));
  });

  it("refuses what it is told to, and what the protocol forbids", async () => {
    const { server, minji, emily } = await two({ messages: [{ senderId: MINJI, content: "내 말" }] });
    server.refuseNext({ code: "forbidden", type: "reaction.add" });
    expect(await codeOf(minji.react(1, "👏"))).toBe("forbidden");
    expect(await codeOf(minji.react(1, "👏"))).toBe("done");
    expect(await codeOf(emily.edit(1, "네 말"))).toBe("forbidden");
    expect(await codeOf(minji.correct(1, "내 말!"))).toBe("forbidden");
    expect(await codeOf(minji.edit(9, "…"))).toBe("not_found");
    expect(await codeOf(minji.send("x".repeat(4_001)))).toBe("invalid_frame");
    await minji.delete(1);
    expect(await codeOf(emily.react(1, "👏"))).toBe("gone");
  });

  it("lets a refused command be tried again, after the time it names", async () => {
    const { server, minji } = await two();
    server.refuseNext({ code: "rate_limited", retryAfterMs: 1, times: 2 });
    expect(await minji.send("천천히")).toMatchObject({ id: 1, duplicate: false });
  });

  it("makes clients start over after a restored backup", async () => {
    const messages = ["하나", "둘", "셋"].map((content) => ({ senderId: EMILY, content }));
    const { server, minji } = await two({ messages });
    server.restoreBackup({ lostMessages: 2 });
    server.says(EMILY, "다시 둘");
    await expect.poll(() => minji.getSnapshot().messages.map(({ content }) => content)).toEqual(["하나", "다시 둘"]);
  });

  it("refuses upgrades for a reason that HTTP tells", async () => {
    for (const reason of ["unauthorized", "forbidden", "not_found"] as const) {
      const server = scriptedRoom();
      server.answerUpgrades(reason);
      expect(await codeOf(join(server, MINJI).whenLive())).toBe(reason);
    }
    const server = scriptedRoom();
    expect(await codeOf(join(server, 99).whenLive())).toBe("unauthorized");
  });

  it("tells who is online, who types and who has read", async () => {
    const { server, minji, emily } = await two({ messages: [{ senderId: MINJI, content: "읽어요" }] });
    const seenByMinji = () => minji.getSnapshot().participants.find(({ userId }) => userId === EMILY);
    await expect.poll(() => seenByMinji()?.online).toBe(true);
    emily.typing(true);
    await expect.poll(() => minji.getSnapshot().typing).toEqual([EMILY]);
    emily.markRead(1);
    await expect.poll(() => seenByMinji()?.lastReadMessageId).toBe(1);
    emily.close();
    await expect.poll(() => seenByMinji()?.online).toBe(false);
    expect(server.socketCount).toBe(1);
  });
});
