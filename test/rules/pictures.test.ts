/** What is read from pictures, what is left of them, and which are refused. */
import { describe, expect, test } from "vitest";
import { orientationOf, type Picture } from "../../src/media/images/picture.ts";
import { readPicture } from "../../src/media/images/read-picture.ts";
import { type ImageFormat, MEDIA_LIMITS } from "../../src/media/rules.ts";
import {
  ascii,
  exif,
  GIF,
  JPEG,
  joined,
  jpegWith,
  jpegWithExif,
  LOSSLESS_WEBP,
  PNG,
  pngChunk,
  pngOfSize,
  pngWith,
  WEBP,
  webpChunk,
  webpWith,
} from "../support/pictures.ts";

const PLACE = "126.9780";

function read(format: ImageFormat, bytes: Uint8Array): (Picture & { bytes: Uint8Array }) | null {
  const picture = readPicture(format, bytes);
  return picture && { ...picture, bytes: joined(...picture.parts) };
}

function latin1(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], (byte) => String.fromCharCode(byte)).join("");
}

/** Where the body of the only EXIF begins. */
function turnOf(bytes: Uint8Array | undefined): number {
  const at = latin1(bytes).search(/MM\0\*|II\*\0/);
  return at === -1 ? 1 : orientationOf((bytes ?? new Uint8Array()).subarray(at));
}

const PLAIN: readonly [name: string, ImageFormat, Uint8Array, width: number, height: number][] = [
  ["JPEG", "jpeg", JPEG, 6, 4],
  ["PNG", "png", PNG, 6, 4],
  ["lossy WebP", "webp", WEBP, 6, 4],
  ["lossless WebP", "webp", LOSSLESS_WEBP, 6, 4],
  ["GIF", "gif", GIF, 1, 1],
];

describe.each(PLAIN)("%s", (_, format, bytes, width, height) => {
  test("has its size, and stays as it is where nothing is in it but the picture", () => {
    const picture = read(format, bytes);
    expect(picture).toMatchObject({ width, height });
    expect(picture?.bytes).toEqual(bytes);
  });

  test("loses what follows its end", () => {
    const polyglot = joined(bytes, ascii("<html><script>alert(1)</script>"));
    expect(read(format, polyglot)?.bytes).toEqual(bytes);
  });

  test("is refused wherever it is cut off", () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(readPicture(format, bytes.subarray(0, length)), `of ${length} bytes`).toBeNull();
    }
  });

  test("is read, or refused, whatever a byte of it is turned into", () => {
    for (let at = 0; at < bytes.length; at += 1) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const broken = bytes.slice();
        broken[at] = (broken[at] ?? 0) ^ flip;
        expect(() => readPicture(format, broken)).not.toThrow();
      }
    }
  });
});

const PRIVATE: readonly [name: string, ImageFormat, Uint8Array, left: Uint8Array][] = [
  ["places in the EXIF of a JPEG", "jpeg", jpegWithExif(1), JPEG],
  ["XMP in a JPEG", "jpeg", jpegWith({ marker: 0xe1, body: ascii(`http://ns.adobe.com/xap/1.0/\0${PLACE}`) }), JPEG],
  ["IPTC in a JPEG", "jpeg", jpegWith({ marker: 0xed, body: ascii(`Photoshop 3.0\0${PLACE}`) }), JPEG],
  ["a remark in a JPEG", "jpeg", jpegWith({ marker: 0xfe, body: ascii(PLACE) }), JPEG],
  ["more pictures behind a JPEG", "jpeg", jpegWith({ marker: 0xe2, body: ascii(`MPF\0${PLACE}`) }), JPEG],
  ["places in the EXIF of a PNG", "png", pngWith(pngChunk("eXIf", exif(1))), PNG],
  ["texts in a PNG", "png", pngWith(...["tEXt", "iTXt", "zTXt"].map((type) => pngChunk(type, ascii(PLACE)))), PNG],
  ["what nobody knows in a PNG", "png", pngWith(pngChunk("prVt", ascii(`<script>${PLACE}`))), PNG],
  ["places in the EXIF of a WebP", "webp", webpWith(0x08, webpChunk("EXIF", exif(1))), WEBP],
  ["XMP in a WebP", "webp", webpWith(0x04, webpChunk("XMP ", ascii(PLACE))), WEBP],
  [
    "a remark in a GIF",
    "gif",
    joined(GIF.subarray(0, 19), [0x21, 0xfe, PLACE.length], ascii(PLACE), [0], GIF.subarray(19)),
    GIF,
  ],
];

test.each(PRIVATE)("%s is taken out", (_, format, bytes, left) => {
  expect(read(format, bytes)?.bytes).toEqual(left);
});

const TURNED: readonly [name: string, ImageFormat, (orientation: number) => Uint8Array][] = [
  ["JPEG, little end first", "jpeg", (orientation) => jpegWithExif(orientation, "II")],
  ["JPEG, big end first", "jpeg", (orientation) => jpegWithExif(orientation, "MM")],
  ["PNG", "png", (orientation) => pngWith(pngChunk("eXIf", exif(orientation)))],
  ["WebP", "webp", (orientation) => webpWith(0x08, webpChunk("EXIF", exif(orientation)))],
  [
    "WebP with JPEG's name in front",
    "webp",
    (orientation) => webpWith(0x08, webpChunk("EXIF", joined(ascii("Exif\0\0"), exif(orientation)))),
  ],
];

describe.each(TURNED)("a turned %s", (_, format, turned) => {
  test.each([2, 3, 6, 8])("stays turned by %i, and says nothing else", (orientation) => {
    const once = read(format, turned(orientation));
    const isOnItsSide = orientation >= 5 && format !== "webp";
    expect(once).toMatchObject(isOnItsSide ? { width: 4, height: 6 } : { width: 6, height: 4 });
    expect(turnOf(once?.bytes)).toBe(orientation);
    expect(latin1(once?.bytes)).not.toContain(PLACE);
    const again = read(format, once?.bytes ?? new Uint8Array());
    expect(again?.bytes).toEqual(once?.bytes);
  });

  test("of no known way is upright", () => {
    expect(turnOf(read(format, turned(9))?.bytes)).toBe(1);
  });
});

test("the loop of an animation stays", () => {
  const loop = joined([0x21, 0xff, 11], ascii("NETSCAPE2.0"), [3, 1, 0, 0, 0]);
  const animated = joined(GIF.subarray(0, 19), loop, GIF.subarray(19));
  expect(read("gif", animated)?.bytes).toEqual(animated);
});

test("a frame beyond the screen of its GIF counts", () => {
  const at = GIF.indexOf(0x2c) + 5;
  const wide = GIF.slice();
  wide.set([0x60, 0xea], at);
  expect(read("gif", wide)).toMatchObject({ width: 60_000, height: 1 });
});

test("the size is what the header says, however large", () => {
  expect(read("png", pngOfSize(60_000, 60_000))).toMatchObject({ width: 60_000, height: 60_000 });
});

test("a picture of no size is refused", () => {
  expect(read("png", pngOfSize(0, 4))).toBeNull();
});

/** As much as is taken of a picture, of blocks as short as they can be. */
function full(head: Uint8Array, block: Uint8Array, tail: Uint8Array = new Uint8Array()): Uint8Array {
  const count = Math.floor((MEDIA_LIMITS.message.maxImageBytes - head.length - tail.length) / block.length);
  const bytes = new Uint8Array(head.length + count * block.length + tail.length);
  bytes.set(head);
  for (let index = 0; index < count; index += 1) bytes.set(block, head.length + index * block.length);
  bytes.set(tail, bytes.length - tail.length);
  return bytes;
}

const CROWDED: readonly [name: string, ImageFormat, () => Uint8Array][] = [
  ["JPEG", "jpeg", () => full(JPEG.subarray(0, -2), joined([0xff, 0xc4, 0, 2], [0xff, 0xfe, 0, 2]), JPEG.subarray(-2))],
  ["PNG", "png", () => full(PNG.subarray(0, 33), pngChunk("tRNS", ascii("")), PNG.subarray(33))],
  ["GIF", "gif", () => full(GIF.subarray(0, -1), joined([0x21, 0xf9, 0], [0x21, 0xfe, 0]), GIF.subarray(-1))],
  [
    "WebP",
    "webp",
    () => {
      const bytes = full(WEBP, webpChunk("VP8X", new Uint8Array(10)));
      new DataView(bytes.buffer).setUint32(4, bytes.length - 8, true);
      return bytes;
    },
  ],
];

test.each(CROWDED)("a %s of a million blocks is refused before all of them are noted down", (_, format, bytes) => {
  expect(readPicture(format, bytes())).toBeNull();
});
