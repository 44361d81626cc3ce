/** The bytes of recordings in R2: sent in parts, joined, looked at, and removed. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { RecordingPart, StoredRecording } from "../../schema/rpc.ts";
import { beginUpload, isOfFormat, joinParts, storePart } from "../../src/sessions/recording-files.ts";
import { RECORDING } from "../../src/sessions/recording-rules.ts";
import { removeRecording } from "../../src/stored-media/recordings.ts";
import { ascii, joined } from "../support/pictures.ts";

const WEBM = joined([0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x84], ascii("webm"), new Uint8Array(60));
const MP4 = joined([0, 0, 0, 0x18], ascii("ftypisom"), new Uint8Array(40));

/** A full part, of these bytes at its beginning. */
function full(head: Uint8Array, fill = 0): Uint8Array {
  const bytes = new Uint8Array(RECORDING.partBytes).fill(fill);
  bytes.set(head);
  return bytes;
}

async function begun(): Promise<StoredRecording> {
  const upload = await beginUpload(env.MEDIA, 7, "WEBM");
  return {
    ...upload,
    number: 1,
    fileSize: null,
    duration: null,
    format: "WEBM",
    quality: null,
    isAvailable: false,
    recordedByUserId: 7,
    expiresAt: null,
    createdAt: 0,
    parts: [],
  };
}

async function sent(recording: StoredRecording, number: number, bytes: Uint8Array): Promise<RecordingPart> {
  const part = await storePart(env.MEDIA, recording, number, bytes);
  if (part === null) throw new Error("not stored");
  return part;
}

describe("parts", () => {
  test("are one file in their order, whatever the order in which they came", async () => {
    const recording = await begun();
    const last = await sent(recording, 2, ascii("the end"));
    const first = await sent(recording, 1, full(WEBM, 3));
    expect(await joinParts(env.MEDIA, { ...recording, parts: [last, first] })).toEqual({
      ok: true,
      value: { fileSize: RECORDING.partBytes + 7 },
    });
    const file = await env.MEDIA.get(recording.mediaKey);
    expect(recording.mediaKey).toMatch(/^recording\/7\/[\w-]{22}$/);
    expect(file?.httpMetadata?.contentType).toBe("video/webm");
    const bytes = new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect(bytes.subarray(0, 4)).toEqual(WEBM.subarray(0, 4));
    expect(new TextDecoder().decode(bytes.subarray(-7))).toBe("the end");
  });

  test("that come again take the place of those of before", async () => {
    const recording = await begun();
    await sent(recording, 1, joined(WEBM, ascii("first")));
    const again = await sent(recording, 1, joined(WEBM, ascii("second try")));
    expect(await joinParts(env.MEDIA, { ...recording, parts: [again] })).toMatchObject({ ok: true });
    expect(await (await env.MEDIA.get(recording.mediaKey))?.text()).toContain("second try");
  });

  test("of which another came meanwhile are not joined, and may be sent again", async () => {
    const recording = await begun();
    const first = await sent(recording, 1, joined(WEBM, ascii("first")));
    const second = await sent(recording, 1, joined(WEBM, ascii("second")));
    expect(await joinParts(env.MEDIA, { ...recording, parts: [first] })).toEqual({ ok: false, error: "conflict" });
    expect(await joinParts(env.MEDIA, { ...recording, parts: [second] })).toMatchObject({ ok: true });
  });

  test("are joined once: cut off behind that, it comes to the same again", async () => {
    const recording = await begun();
    const parts = [await sent(recording, 1, WEBM)];
    const first = await joinParts(env.MEDIA, { ...recording, parts });
    expect(first).toEqual({ ok: true, value: { fileSize: WEBM.length } });
    expect(await joinParts(env.MEDIA, { ...recording, parts })).toEqual(first);
  });

  test("that make a file of another type are none: it goes", async () => {
    const recording = await begun();
    const parts = [await sent(recording, 1, ascii("<html>"))];
    expect(await joinParts(env.MEDIA, { ...recording, parts })).toEqual({ ok: false, error: "unsupported_media_type" });
    expect(await env.MEDIA.head(recording.mediaKey)).toBeNull();
  });
});

describe("what begins as", () => {
  test.each([
    ["WebM is one", WEBM, "WEBM", true],
    ["MP4 is one", MP4, "MP4", true],
    ["MP4 is no WebM", MP4, "WEBM", false],
    ["a page is no WebM", ascii("<!doctype html>"), "WEBM", false],
    ["nothing is no WebM", new Uint8Array(0), "WEBM", false],
  ])("%s", async (_, bytes, format, isIt) => {
    expect(await isOfFormat(bytes, format)).toBe(isIt);
  });
});

describe("an upload that is given up", () => {
  test("takes no more parts, and cannot be joined; giving it up again changes nothing", async () => {
    const recording = await begun();
    const part = await sent(recording, 1, WEBM);
    await removeRecording(env.MEDIA, recording);
    await removeRecording(env.MEDIA, recording);
    expect(await storePart(env.MEDIA, recording, 2, WEBM)).toBeNull();
    expect(await joinParts(env.MEDIA, { ...recording, parts: [part] })).toEqual({ ok: false, error: "not_found" });
  });

  test("is gone with its file where it was whole", async () => {
    const recording = await begun();
    await joinParts(env.MEDIA, { ...recording, parts: [await sent(recording, 1, WEBM)] });
    await removeRecording(env.MEDIA, recording);
    expect(await env.MEDIA.head(recording.mediaKey)).toBeNull();
  });
});
