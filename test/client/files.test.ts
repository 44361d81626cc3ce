/** `studymate/media`: what is asked of the server for a file, and what becomes of its answers. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createClient, memoryStorage } from "../../src/client/index.ts";
import { fetchFile, uploadFile } from "../../src/client/media/index.ts";
import { type ScriptedRoom, scriptedRoom, testNetwork } from "../../src/client/testing/index.ts";
import { jsonAnswer, problemAnswer, serving } from "./support/serving.ts";

const baseUrl = "https://studymate.example";

describe("A file of the server", () => {
  it("is fetched with the person's token, and given as it came", async () => {
    const { asked, fetch } = serving(() => new Response("sea", { headers: { "content-type": "image/png" } }));
    const client = createClient({ baseUrl, fetch, token: () => "secret" });
    const answer = await fetchFile(client, "/v1/media/message/7/sea");
    expect(await answer.blob()).toMatchObject({ size: 3, type: "image/png" });
    expect(asked[0]?.url).toBe(`${baseUrl}/v1/media/message/7/sea`);
    expect(asked[0]?.init.headers).toMatchObject({ authorization: "Bearer secret" });
  });

  it("asks for another token once, as every request does", async () => {
    const { asked, fetch } = serving(problemAnswer(401, "unauthorized"), () => new Response("sea"));
    const client = createClient({ baseUrl, fetch, token: (need) => need });
    await fetchFile(client, "/v1/media/message/7/sea");
    expect(asked[1]?.init.headers).toMatchObject({ authorization: "Bearer refused" });
  });

  it.each([
    [403, "forbidden"],
    [404, "not_found"],
  ])("is refused with %i", async (status, code) => {
    const { fetch } = serving(problemAnswer(status, code));
    const client = createClient({ baseUrl, fetch, token: () => "secret" });
    await expect(fetchFile(client, "/v1/media/message/7/sea")).rejects.toMatchObject({ code, status });
  });

  it.each(["https://evil.example/v1/media/sea", "//evil.example/v1/media/sea", "/v1/me", "\\\\evil.example"])(
    "never has the token sent to %s",
    async (address) => {
      const { asked, fetch } = serving(() => new Response("sea"));
      const client = createClient({ baseUrl, fetch, token: () => "secret" });
      await expect(fetchFile(client, address)).rejects.toMatchObject({ code: "not_found" });
      expect(asked).toEqual([]);
    },
  );
});

describe("A file that is sent", () => {
  const sea = new File(["sea"], "바다.png", { type: "image/png" });

  /** Two people in a room without a server; the first one's network can be cut. */
  async function two() {
    const server = scriptedRoom();
    const { baseUrl } = server;
    const storage = memoryStorage();
    const network = testNetwork(server);
    const of = (userId: number, { WebSocket, fetch }: Pick<ScriptedRoom, "WebSocket" | "fetch">) => {
      const token = () => server.token(userId);
      const client = createClient({ baseUrl, WebSocket, fetch, storage, userId, token, random: () => 0 });
      onTestFinished(() => client.close());
      return client;
    };
    const [minji, emily] = [of(1, network), of(2, server)];
    const [hers, theirs] = [minji.room(server.id), emily.room(server.id)];
    await Promise.all([hers.whenLive(), theirs.whenLive()]);
    return { server, network, minji, emily, hers, theirs, reload: () => of(1, server) };
  }

  it("is uploaded first, and then a message as any other, with words or without", async () => {
    const { server, minji, emily, hers, theirs } = await two();
    const uploaded = await uploadFile(minji, sea, { roomId: server.id });
    expect(uploaded).toMatchObject({
      messageType: "IMAGE",
      fileMetadata: { contentType: "image/png", sizeBytes: 3, fileName: "바다.png" },
    });
    const sent = hers.send("", uploaded);
    expect(hers.getSnapshot().outbox).toMatchObject([{ content: "", ...uploaded, state: "sending" }]);
    await sent;
    await expect.poll(() => theirs.getSnapshot().messages.at(-1)?.messageType).toBe("IMAGE");
    const [message] = theirs.getSnapshot().messages;
    expect(message).toMatchObject({ content: null, fileMetadata: uploaded.fileMetadata });
    const [, frame] = server.received.filter((one) => one.frame.type === "message.send");
    expect(frame).toBeUndefined();
    expect(await (await fetchFile(emily, message?.fileUrl ?? "")).text()).toBe("sea");
    await hers.send("바다에서", { ...uploaded, messageType: "FILE", replyToId: 1 });
    expect(server.messages.at(-1)).toMatchObject({ content: "바다에서", messageType: "FILE", replyToId: 1 });
  });

  it("is the same upload where it is tried again under the same key", async () => {
    const answer = { url: "/v1/media/message/7/sea?claim=x", key: "message/7/sea", size: 3, contentType: "image/png" };
    const { asked, fetch } = serving(() => Response.json(answer, { status: 201 }));
    const client = createClient({ baseUrl, fetch, token: () => "secret" });
    for (const idempotencyKey of ["once", "once", undefined])
      await uploadFile(client, sea, { roomId: 1, idempotencyKey });
    const keys = asked.map(({ init }) => new Headers(init.headers).get("idempotency-key"));
    expect(keys).toEqual(["once", "once", null]);
  });

  it("is a voice where it has a length, and a file where it is no picture", async () => {
    const { server, minji } = await two();
    const voice = new Blob(["…"], { type: "audio/webm" });
    expect(await uploadFile(minji, voice, { roomId: server.id, durationMs: 1_200 })).toMatchObject({
      messageType: "VOICE",
      fileMetadata: { durationMs: 1_200 },
    });
    expect(await uploadFile(minji, voice, { roomId: server.id, fileName: "노래.webm" })).toMatchObject({
      messageType: "FILE",
      fileMetadata: { fileName: "노래.webm" },
    });
  });

  it("survives a reload once it was uploaded", async () => {
    const { server, network, minji, hers, reload } = await two();
    const uploaded = await uploadFile(minji, sea, { roomId: server.id });
    network.cut();
    hers.send("", uploaded).catch(() => {});
    await expect.poll(() => hers.getSnapshot().outbox.length).toBe(1);
    minji.close();
    const room = reload().room(server.id);
    // Another page leaves a page that was closed a moment in which to come back.
    await expect.poll(() => server.messages.at(-1)?.messageType, { timeout: 10_000 }).toBe("IMAGE");
    await expect.poll(() => room.getSnapshot().outbox).toEqual([]);
    expect(server.messages).toHaveLength(1);
  });

  it("leaves nothing where it was given up, or refused", async () => {
    const giveUp = new AbortController();
    const fetch = (_: unknown, { signal }: RequestInit = {}) =>
      new Promise<Response>((_resolve, reject) => {
        if (signal?.aborted) reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    const client = createClient({ baseUrl, fetch, token: () => "t" });
    const given = uploadFile(client, sea, { roomId: 7, signal: giveUp.signal });
    giveUp.abort();
    await expect(given).rejects.toMatchObject({ code: "cancelled" });
    const { fetch: refusing } = serving(problemAnswer(415, "unsupported_media_type"));
    const refused = uploadFile(createClient({ baseUrl, fetch: refusing, token: () => "t" }), sea, { roomId: 7 });
    await expect(refused).rejects.toMatchObject({ code: "unsupported_media_type" });
  });

  describe("and is larger than the server takes", () => {
    // Its size is all that is looked at.
    const film = Object.defineProperty(new Blob(["…"], { type: "video/mp4" }), "size", { value: 30 * 1_024 * 1_024 });
    const leave = {
      key: "message/7/film",
      uploadUrl: "https://storage.example/film?signed",
      headers: { "content-type": "video/mp4", "content-length": "31457280" },
      expiresAt: "2026-11-28T00:00:00.000Z",
    };
    const whole = {
      url: "/v1/media/message/7/film?claim=c",
      key: leave.key,
      size: 31_457_280,
      contentType: "video/mp4",
    };

    it("goes straight to the storage, without the token", async () => {
      const direct = serving(() => new Response(null));
      vi.stubGlobal("fetch", direct.fetch);
      onTestFinished(() => {
        vi.unstubAllGlobals();
      });
      const { asked, fetch } = serving(jsonAnswer(leave), jsonAnswer(whole));
      const client = createClient({ baseUrl, fetch, token: () => "secret" });
      const uploaded = await uploadFile(client, film, { roomId: 7, fileName: "film.mp4" });
      expect(uploaded).toMatchObject({ messageType: "FILE", fileUrl: whole.url });
      expect(asked.map(({ url }) => new URL(url).pathname)).toEqual([
        "/v1/media/uploads",
        "/v1/media/message/7/film/complete",
      ]);
      expect(direct.asked).toMatchObject([
        { url: leave.uploadUrl, init: { method: "PUT", headers: { "content-type": "video/mp4" } } },
      ]);
      expect(JSON.stringify(direct.asked)).not.toContain("secret");
    });

    it("is too large for a server without such a storage", async () => {
      const { fetch } = serving(problemAnswer(404, "not_found"));
      const client = createClient({ baseUrl, fetch, token: () => "secret" });
      await expect(uploadFile(client, film, { roomId: 7 })).rejects.toMatchObject({ code: "too_large" });
    });
  });
});
