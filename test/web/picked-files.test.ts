import { describe, expect, test, vi } from "vitest";
import type { StudyMateClient } from "../../src/client/index.ts";
import { fileDetails, pictureBox } from "../../src/web/files/file-details.ts";
import { clock, fileSize } from "../../src/web/files/file-size.ts";
import { PickedFiles, refusalOf } from "../../src/web/files/picked-files.ts";

const file = (name: string, type = "text/plain", bytes = 3) => new File(["a".repeat(bytes)], name, { type });

describe("Picked files", () => {
  test("wait until they are sent: all that are ready, the words with the first", () => {
    const picked = new PickedFiles();
    picked.add([file("one.txt"), file("two.txt")]);
    picked.queue("both of them", 7);
    picked.add([file("later.txt")]);
    expect(picked.getSnapshot()).toMatchObject([
      { name: "one.txt", state: "waiting", words: "both of them", replyToId: 7 },
      { name: "two.txt", state: "waiting", words: "", replyToId: undefined },
      { name: "later.txt", state: "ready" },
    ]);
  });

  test("that are never taken are told at once, and do not leave", () => {
    const picked = new PickedFiles();
    picked.add([file("page.html", "text/html"), file("photo.heic", "image/heic"), file("empty.txt", "text/plain", 0)]);
    picked.queue("", undefined);
    expect(picked.getSnapshot()).toMatchObject([
      { state: "failed", canRetry: false, problem: { code: "unsupported_media_type" } },
      { state: "failed", canRetry: false, problem: { code: "unsupported_media_type" } },
      { state: "failed", canRetry: false, problem: { code: "invalid_frame" } },
    ]);
  });

  test.each([
    ["image/jpeg", 10, undefined],
    ["image/jpeg", 11, "too_large"],
    ["application/pdf", 26, undefined],
    ["application/pdf", 501, "too_large"],
    ["", 3, undefined],
  ])("of the type %j with %i MiB: %s", (type, mebibytes, code) => {
    // Its size and type are all that is looked at.
    const sized = Object.defineProperty(file("a", type), "size", { value: mebibytes * 1_024 * 1_024 });
    expect(refusalOf(sized)?.code).toBe(code);
  });

  test("are the same ones for a room, until they are taken away; who shows them hears of each change", () => {
    const client = {} as StudyMateClient; // a name for what is kept, and nothing else
    const picked = PickedFiles.of(client, 1);
    expect(PickedFiles.of(client, 1)).toBe(picked);
    expect(PickedFiles.of(client, 2)).not.toBe(picked);
    const heard = vi.fn();
    const stop = picked.subscribe(heard);
    picked.add([file("one.txt")]);
    const id = picked.getSnapshot()[0]?.id ?? 0;
    picked.change(id, { part: 0.5 });
    picked.remove(id);
    stop();
    picked.add([file("two.txt")]);
    expect(heard).toHaveBeenCalledTimes(3);
    expect(picked.has(id)).toBe(false);
  });
});

describe("What a message says of its file", () => {
  test("is read with care", () => {
    const fileUrl = "/v1/media/message/7/sea?claim=c";
    const known = { fileName: "바다.png", contentType: "image/png", sizeBytes: 12, width: 40, height: 30 };
    expect(fileDetails({ fileUrl, fileMetadata: known })).toMatchObject({
      address: "/v1/media/message/7/sea",
      name: "바다.png",
      width: 40,
    });
    const strange = { fileName: 7, contentType: null, sizeBytes: "many", width: -1, height: 0, durationMs: {} };
    expect(Object.values(fileDetails({ fileUrl: null, fileMetadata: strange })).filter(Boolean)).toEqual([]);
    expect(fileDetails({ fileUrl: null, fileMetadata: null }).contentType).toBe("");
  });

  test.each([
    [
      { width: 640, height: 480 },
      { width: 320, height: 240 },
    ],
    [
      { width: 100, height: 50 },
      { width: 100, height: 50 },
    ],
    [
      { width: 3_000, height: 10 },
      { width: 320, height: 48 },
    ],
    [
      { width: undefined, height: undefined },
      { width: 240, height: 240 },
    ],
  ])("gives a picture its place: %j", (details, box) => {
    expect(pictureBox(details)).toEqual(box);
  });

  test("is told as people read it", () => {
    expect([14, 31_744, 2_621_440].map((bytes) => fileSize(bytes, "ko"))).toEqual(["14 B", "31 KB", "2.5 MB"]);
    expect([0, 7_400, 61_000, 754_000].map(clock)).toEqual(["0:00", "0:07", "1:01", "12:34"]);
  });
});
