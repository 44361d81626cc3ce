import { describe, expect, test } from "vitest";
import type { StoredRecording } from "../../schema/rpc.ts";
import {
  contentTypeOf,
  expiryOf,
  formatOf,
  partProblems,
  RECORDING,
  recordingAnswer,
  recordingName,
  sizeOf,
} from "../../src/sessions/recording-rules.ts";

const DAY = 24 * 60 * 60_000;
const full = RECORDING.partBytes;
const part = (number: number, size: number = full) => ({ number, size, etag: `etag of ${number}` });

describe("a recorder's type", () => {
  test.each([
    ["video/webm;codecs=vp8,opus", "WEBM"],
    ["Video/WebM ; codecs=vp9", "WEBM"],
    ["audio/webm;codecs=opus", "WEBM"],
    ["video/mp4;codecs=avc1.42E01E,mp4a.40.2", "MP4"],
    ["audio/ogg;codecs=opus", "OGG"],
    ["text/html", null],
    ["image/svg+xml;video/webm", null],
    ["constructor", null],
    ["", null],
  ])("%s is %s", (contentType, format) => {
    expect(formatOf(contentType)).toBe(format);
  });

  test("is served as what it was found to be, and nothing else", () => {
    expect(["WEBM", "MP4", "OGG", "HTML"].map(contentTypeOf)).toEqual([
      "video/webm",
      "video/mp4",
      "audio/ogg",
      "application/octet-stream",
    ]);
    expect(recordingName(12, { number: 3, format: "MP4" })).toBe("session-12-3.mp4");
  });
});

describe("parts", () => {
  test.each([
    ["one that is not full", [part(1, 10)], null],
    ["all full", [part(1), part(2)], null],
    ["the last not full, in any order", [part(3, 1), part(1), part(2)], null],
    ["none", [], "parts"],
    ["the first missing", [part(2)], "parts.1"],
    ["one in the middle missing", [part(1), part(3)], "parts.2"],
    ["one before the last not full", [part(1), part(2, full - 1), part(3)], "parts.2"],
  ])("of %s", (_, parts, path) => {
    expect(partProblems(parts)[0]?.path ?? null).toBe(path);
  });

  test("are as large together as the file", () => {
    expect(sizeOf([part(1), part(2, 7)])).toBe(full + 7);
  });
});

test.each([
  ["30", 30],
  ["7", 7],
  ["", 30],
  ["0", 30],
  ["-1", 30],
  ["1.5", 30],
  ["forever", 30],
  ["100000", 30],
])("with RECORDING_DAYS=%j a recording is kept for %i days", (days, kept) => {
  expect(expiryOf(days, 1_000)).toBe(1_000 + kept * DAY);
});

test("a recording has an address once it is there", () => {
  const stored: StoredRecording = {
    number: 2,
    mediaKey: "recording/1/secret",
    uploadId: "an upload",
    fileSize: null,
    duration: null,
    format: "WEBM",
    quality: null,
    isAvailable: false,
    recordedByUserId: 1,
    expiresAt: DAY,
    createdAt: 0,
    parts: [part(1)],
  };
  const unsent = recordingAnswer(12, stored);
  expect(unsent).toEqual({
    id: 2,
    sessionId: 12,
    fileUrl: null,
    fileSize: null,
    duration: null,
    format: "WEBM",
    quality: null,
    isAvailable: false,
    recordedByUserId: 1,
    expiresAt: "1970-01-02T00:00:00.000Z",
    createdAt: "1970-01-01T00:00:00.000Z",
  });
  expect(recordingAnswer(12, { ...stored, isAvailable: true }).fileUrl).toBe("/v1/sessions/12/recordings/2/content");
  expect(JSON.stringify(unsent)).not.toMatch(/secret|an upload/);
});
