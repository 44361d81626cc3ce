import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "../../schema/protocol/codec.ts";
import { isPlainMsgpack } from "../../schema/protocol/msgpack-scan.ts";

const everything = new Packr({ useRecords: false, moreTypes: true, structuredClone: true });
const plainly = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: "number", moreTypes: false });
const utf8 = new TextEncoder();

const bytes = (...parts: (number | string | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number" ? [part] : typeof part === "string" ? [...utf8.encode(part)] : [...part],
    ),
  );

/** `{ v: <these bytes> }` */
const holding = (...parts: (number | string | Uint8Array)[]): Uint8Array => bytes(0x81, 0xa1, "v", ...parts);

const scan = (data: Uint8Array): boolean => isPlainMsgpack(data, 16);

describe("what JavaScript has and JSON has not is refused", () => {
  it.each([
    ["a date", new Date()],
    ["a date with milliseconds", new Date(1.5)],
    ["a set", new Set([1, 2])],
    ["a map", new Map([[1, 2]])],
    ["an error", new TypeError("no")],
    ["a regular expression", /a+/g],
    ["a bigint beyond 64 bits", 2n ** 80n],
    ["a bigint beyond what a number holds", 2n ** 60n],
    ["a negative one", -(2n ** 60n)],
    ["bytes", new Uint8Array([1, 2, 3])],
    ["floats", new Float32Array([1.5])],
    ["words", new BigUint64Array([1n])],
    ["a buffer", new ArrayBuffer(4)],
    ["undefined", undefined],
  ])("%s", (_, value) => {
    expect(scan(new Uint8Array(everything.pack({ v: value })))).toBe(false);
  });

  it("records, their definition and their use", () => {
    const records = new Packr({ useRecords: true, structures: [] });
    const packed = new Uint8Array(
      records.pack([
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ]),
    );
    expect(scan(packed)).toBe(false);
    // A definition (extension "r", record 0x40, keys) with its values, then a use of it: plain numbers to anybody else.
    const definition = bytes(0xd4, 0x72, 0x40, 0x91, 0xa1, "a", 0x07);
    expect(scan(definition)).toBe(false);
    expect(decodeFrame("msgpack", definition).ok).toBe(false);
    expect(decodeFrame("msgpack", holding(0x40))).toEqual({ ok: true, value: { v: 0x40 } });
  });

  it("an object that is in it twice, or in itself", () => {
    const shared = { a: 1 };
    expect(scan(new Uint8Array(everything.pack({ v: [shared, shared] })))).toBe(false);
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(scan(new Uint8Array(everything.pack(cycle)))).toBe(false);
  });
});

describe("bytes that are no such document are refused", () => {
  it.each([
    ["nothing", bytes()],
    ["the byte that is never used", bytes(0xc1)],
    ["a map without its value", bytes(0x81, 0xa1, "v")],
    ["a map without anything", bytes(0x81)],
    ["an array that lacks an item", bytes(0x92, 0x01)],
    ["more behind the document", bytes(0x80, 0x80)],
    ["a string that is cut off", bytes(0xa5, "abc")],
    ["a string without its length", bytes(0xdb, 0, 0)],
    ["a number that is cut off", bytes(0xcb, 0, 0)],
    ["an array that lies about its length", bytes(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ["a map that lies about its length", bytes(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ["a string that lies about its length", bytes(0xdb, 0xff, 0xff, 0xff, 0xff)],
    ["binary of 8, 16 and 32 bits length", bytes(0x93, 0xc4, 0, 0xc5, 0, 0, 0xc6, 0, 0, 0, 0)],
    ["an extension", bytes(0xc7, 1, 5, 0)],
    ["a fixed extension", bytes(0xd4, 5, 0)],
    ["a timestamp", bytes(0xd6, 0xff, 0, 0, 0, 0)],
    ["a number as key", bytes(0x81, 0x01, 0x01)],
    ["nil as key", bytes(0x81, 0xc0, 0x01)],
    ["an array as key", bytes(0x81, 0x90, 0x01)],
    ["a byte that UTF-8 never has", holding(0xa2, 0xff, 0xfe)],
    ["half a character", holding(0xa2, 0xea, 0xb0)],
    ["an overlong character", holding(0xa2, 0xc0, 0x80)],
    ["a surrogate in UTF-8", holding(0xa3, 0xed, 0xa0, 0x80)],
    ["a surrogate pair in UTF-8", holding(0xa6, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)],
    ["beyond the last character", holding(0xa4, 0xf4, 0x90, 0x80, 0x80)],
    ["2^60 as an unsigned integer", holding(0xcf, 0x10, 0, 0, 0, 0, 0, 0, 0)],
    ["2^53, which a number cannot tell from its neighbour", holding(0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0)],
    ["-2^60", holding(0xd3, 0xf0, 0, 0, 0, 0, 0, 0, 0)],
  ])("%s", (_, data) => {
    expect(scan(data)).toBe(false);
    expect(decodeFrame("msgpack", data)).toEqual({ ok: false, error: "invalid_frame" });
  });

  it.each([
    ["NaN", 0x7ff8],
    ["Infinity", 0x7ff0],
    ["-Infinity", 0xfff0],
  ])("%s is no number of JSON's, though the structure is plain", (_, head) => {
    const data = holding(0xcb, head >> 8, head & 0xff, 0, 0, 0, 0, 0, 0);
    expect(decodeFrame("msgpack", data)).toEqual({ ok: false, error: "invalid_frame" });
  });

  it.each([
    ["nil", [0xc0], null],
    ["2^53 - 1 in 64 bits", [0xcf, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 2 ** 53 - 1],
    ["-1 in 64 bits", [0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -1],
    ["a 32-bit float", [0xca, 0x3f, 0xc0, 0, 0], 1.5],
    ["an empty string of 32 bits length", [0xdb, 0, 0, 0, 0], ""],
    ["an empty array of 32 bits length", [0xdd, 0, 0, 0, 0], []],
    ["an empty map of 16 bits length", [0xde, 0, 0], {}],
    ["empty containers in each other", [0x92, 0x80, 0x90], [{}, []]],
    ["a character of four bytes", [0xa4, 0xf0, 0x9f, 0x98, 0x80], "😀"],
  ])("but %s is fine", (_, parts, value) => {
    expect(decodeFrame("msgpack", holding(...parts))).toEqual({ ok: true, value: { v: value } });
  });
});

describe("whatever the bytes are", () => {
  const noise = fc.uint8Array({ maxLength: 60 });
  /** Bytes that often are the heads of something. */
  const head = fc.constantFrom(0x81, 0x82, 0x91, 0xa1, 0x61, 0xc0, 0xcb, 0xd4, 0x72, 0xde, 0xdd, 0xc7);
  const likely = fc
    .array(fc.oneof(head, fc.integer({ min: 0, max: 255 })), { maxLength: 40 })
    .map((list) => Uint8Array.from(list));

  it("nothing throws, and what is accepted decodes to what JSON could say", () => {
    let accepted = 0;
    const check = (data: Uint8Array): void => {
      const decoded = decodeFrame("msgpack", data);
      if (!scan(data)) {
        expect(decoded.ok).toBe(false);
        return;
      }
      accepted += 1;
      expect(isJsonLike(plainly.unpack(data))).toBe(true);
    };
    fc.assert(fc.property(fc.oneof(noise, likely), check), { numRuns: 5_000 });
    expect(accepted).toBeGreaterThan(50);
  });

  it("text never throws either", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (data) => void decodeFrame("json", data)),
      { numRuns: 2_000 },
    );
  });

  it("what msgpackr makes of a JSON value is accepted", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10, stringUnit: "grapheme" }), (one) => {
        expect(scan(new Uint8Array(plainly.pack(one)))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

function isJsonLike(value: unknown): boolean {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isJsonLike);
  return (
    typeof value === "object" &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(isJsonLike)
  );
}
