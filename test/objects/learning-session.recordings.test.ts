/** Recording: only while everybody agrees; and what the session knows of what was recorded. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import { ALL_MEDIA, agreedSession, granted, joinCall, MINUTE, openCall } from "../support/sessions.ts";

async function trio() {
  const session = await agreedSession(3);
  const [host = 0, guest = 0, third = 0] = session.userIds;
  const hers = await joinCall(session, host);
  const his = await joinCall(session, guest);
  await hers.waitFor("session.started");
  return { session, host, guest, third, hers, his };
}

/** A call that the guest records. */
async function recorded() {
  const scene = await trio();
  for (const socket of [scene.hers, scene.his]) await socket.request({ type: "recording.consent", granted: true });
  expect(await scene.his.request({ type: "recording.start" })).toMatchObject({ startedAt: expect.any(String) });
  return scene;
}

const upload = (name: string) => ({
  mediaKey: `recording/1/${name}`,
  uploadId: `upload-${name}`,
  format: "WEBM",
  expiresAt: Date.now() + 60 * MINUTE,
});

describe("a recording", () => {
  it("begins once everybody in the call agrees, for one at a time, and everybody is told", async () => {
    const { hers, his, guest } = await trio();
    expect(await his.request({ type: "recording.start" })).toMatchObject({ code: "forbidden" });
    await hers.request({ type: "recording.consent", granted: true });
    expect(await his.request({ type: "recording.start" })).toMatchObject({ code: "forbidden" });
    await his.request({ type: "recording.consent", granted: true });
    await his.request({ type: "recording.start" });
    await hers.until(
      () => hers.of("recording.changed").some(({ recording }) => recording.isRecording),
      "the recording",
    );
    expect(hers.of("recording.changed").at(-1)).toMatchObject({ recording: { startedByUserId: guest } });
    expect(await hers.request({ type: "recording.start" })).toMatchObject({ code: "conflict" });
  });

  it.each([
    [
      "somebody withdraws",
      async ({ hers }: Awaited<ReturnType<typeof recorded>>) => {
        await hers.request({ type: "recording.consent", granted: false });
      },
    ],
    [
      "its recorder leaves",
      async ({ his }: Awaited<ReturnType<typeof recorded>>) => {
        await his.request({ type: "leave" });
      },
    ],
    [
      "its recorder comes again from elsewhere",
      async ({ session, guest }: Awaited<ReturnType<typeof recorded>>) => {
        await openCall(session, guest);
      },
    ],
    [
      "somebody comes who has not agreed",
      async ({ session, third }: Awaited<ReturnType<typeof recorded>>) => {
        await joinCall(session, third);
      },
    ],
    [
      "the host stops it",
      async ({ hers }: Awaited<ReturnType<typeof recorded>>) => {
        await hers.request({ type: "recording.stop" });
      },
    ],
  ])("stops at once where %s", async (_, happens) => {
    const scene = await recorded();
    await happens(scene);
    await scene.hers.until(
      () => scene.hers.of("recording.changed").at(-1)?.recording.isRecording === false,
      "the end of the recording",
    );
  });

  it("goes on where somebody else leaves, and is stopped by nobody else", async () => {
    const { session, third, hers, his } = await recorded();
    const theirs = await openCall(session, third);
    await theirs.request({ type: "recording.consent", granted: true });
    await theirs.request({ type: "join", media: ALL_MEDIA });
    expect(theirs.welcome.recording).toMatchObject({ isRecording: true });
    expect(await theirs.request({ type: "recording.stop" })).toMatchObject({ code: "forbidden" });
    await hers.request({ type: "leave" });
    expect(his.of("recording.changed").at(-1)).toMatchObject({ recording: { isRecording: true } });
  });
});

describe("what was recorded", () => {
  it("is sent by its recorder alone, in parts, and is there for everybody who was in the call", async () => {
    const { session, host, guest, third } = await recorded();
    expect(await session.stub.beginRecording(host, upload("a"))).toEqual({ ok: false, error: "forbidden" });
    const { number } = granted(await session.stub.beginRecording(guest, upload("b")));
    expect(number).toBe(1);
    for (const part of [2, 1, 2]) {
      granted(await session.stub.keepRecordingPart(guest, number, { number: part, size: 5, etag: `etag-${part}` }));
    }
    expect((await session.stub.keepRecordingPart(host, number, { number: 3, size: 5, etag: "x" })).ok).toBe(false);
    const sent = granted(await session.stub.recordingUpload(guest, number));
    expect(sent.parts.map((part) => part.number)).toEqual([1, 2]);
    expect(granted(await session.stub.recordings(host))).toEqual([]);
    const file = { fileSize: 10, duration: 61, quality: "720p", expiresAt: Date.now() + 30 * 24 * 60 * MINUTE };
    granted(await session.stub.completeRecording(guest, number, file));
    expect(granted(await session.stub.completeRecording(guest, number, file))).toMatchObject({ isAvailable: true });
    for (const userId of [host, guest]) {
      expect(granted(await session.stub.recordings(userId))).toMatchObject([
        { number: 1, fileSize: 10, duration: 61, quality: "720p", recordedByUserId: guest, uploadId: null },
      ]);
    }
    expect(await session.stub.recordings(third)).toEqual({ ok: false, error: "forbidden" });
    await session.stub.flush();
    const row = await env.DB.prepare("SELECT * FROM session_recordings WHERE session_id = ?").bind(session.id).first();
    expect(row).toMatchObject({
      ...{ number: 1, file_size: 10, duration: 61, format: "WEBM", is_available: 1, recorded_by_user_id: guest },
      file_url: `/v1/sessions/${session.id}/recordings/1/content`,
    });
  });

  it("begins to be sent within five minutes after it ended, also when the session is over", async () => {
    const { session, guest, hers } = await recorded();
    await hers.request({ type: "end" });
    clock.advance(4 * MINUTE);
    granted(await session.stub.beginRecording(guest, upload("late")));
    clock.advance(2 * MINUTE);
    expect((await session.stub.beginRecording(guest, upload("too late"))).ok).toBe(false);
  });

  it("is deleted once, and what is to be removed is named", async () => {
    const { session, host, guest, third } = await recorded();
    const { number } = granted(await session.stub.beginRecording(guest, upload("gone")));
    expect((await session.stub.deleteRecording(third, number)).ok).toBe(false);
    expect(granted(await session.stub.deleteRecording(null, number))).toMatchObject({
      mediaKey: "recording/1/gone",
      uploadId: "upload-gone",
    });
    expect((await session.stub.keepRecordingPart(guest, number, { number: 1, size: 1, etag: "e" })).ok).toBe(false);
    expect(granted(await session.stub.recordings(host))).toEqual([]);
    await session.stub.flush();
    const row = await env.DB.prepare("SELECT is_available, expires_at FROM session_recordings WHERE session_id = ?")
      .bind(session.id)
      .first();
    expect(row).toEqual({ is_available: 0, expires_at: null });
  });
});
