import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import { decodeFrame, decodeTrusted, encodeFrame, joinFrames, wireBytes } from "../../schema/protocol/codec.ts";
import { LIMITS } from "../../schema/protocol/limits.ts";

const ENCODINGS = ["json", "msgpack"] as const;
const utf8 = new TextEncoder();

/** What msgpackr would send of anything that JavaScript has. */
const everything = new Packr({ useRecords: false, moreTypes: true, structuredClone: true });
const invalid = { ok: false, error: "invalid_frame" };

const key = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => isAllowedKey(text));
const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((one) => !one.includes("\0"));
const scalar = fc.oneof(
  text,
  fc.constantFrom("안녕하세요", "👩‍👩‍👧‍👦", "\uFEFFBOM", "", " "),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
  fc.boolean(),
  fc.constant(null),
);
const plain = fc.dictionary(
  key,
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 8 },
      scalar,
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
    ),
  })).value,
  { noNullPrototype: true },
);

function isAllowedKey(name: string): boolean {
  return !["__proto__", "__proto_", "constructor", "prototype"].includes(name) && !name.includes("\0");
}

/** Bytes or text that the decoder takes as they came over the wire. */
function wire(data: string | Uint8Array): string | ArrayBuffer {
  return typeof data === "string" ? data : new Uint8Array(data).buffer;
}

describe.each(ENCODINGS)("%s", (encoding) => {
  it("gives back what was encoded", () => {
    fc.assert(
      fc.property(plain, (frame) => {
        const data = encodeFrame(encoding, frame);
        expect(decodeFrame(encoding, data)).toEqual({ ok: true, value: frame });
        expect(decodeTrusted(wire(data))).toEqual(frame);
        expect(wireBytes(data)).toBe(typeof data === "string" ? utf8.encode(data).length : data.length);
      }),
      { numRuns: 500 },
    );
  });

  it("joins frames that are encoded into what a batch of them would be", () => {
    fc.assert(
      fc.property(fc.array(plain, { minLength: 2, maxLength: 20 }), (frames) => {
        const joined = joinFrames(
          encoding,
          frames.map((frame) => encodeFrame(encoding, frame)),
        );
        expect(decodeTrusted(wire(joined))).toEqual({ type: "batch", frames });
      }),
    );
  });

  it("leaves a single frame as it is, and joins none to an empty batch", () => {
    const only = encodeFrame(encoding, { type: "a" });
    expect(joinFrames(encoding, [only])).toBe(only);
    expect(decodeTrusted(wire(joinFrames(encoding, [])))).toEqual({ type: "batch", frames: [] });
  });

  it("never throws on anything a frame may be cut or changed to", () => {
    fc.assert(
      fc.property(plain, fc.nat(), fc.integer({ min: 0, max: 255 }), (frame, at, byte) => {
        const data = encodeFrame(encoding, frame);
        if (typeof data === "string") {
          const position = at % (data.length + 1);
          decodeFrame("json", data.slice(0, position));
          decodeFrame("json", data.slice(0, position) + String.fromCharCode(byte) + data.slice(position + 1));
          return;
        }
        const position = at % data.length;
        expect(decodeFrame("msgpack", data.slice(0, position)).ok).toBe(false);
        const changed = data.slice();
        changed[position] = byte;
        decodeFrame("msgpack", changed);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["U+0000 in a value", { type: "x", text: "a\0b" }],
    ["U+0000 in a key", { type: "x", "a\0b": 1 }],
    ["the key constructor", { type: "x", constructor: { a: 1 } }],
    ["the key prototype", { type: "x", a: [{ prototype: 1 }] }],
    ["the key __proto__", JSON.parse('{"type":"x","__proto__":{"isAdmin":true}}')],
  ])("refuses %s", (_, frame) => {
    expect(decodeFrame(encoding, encodeFrame(encoding, frame))).toEqual(invalid);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it("takes sixteen levels and no more", () => {
    const nested = (levels: number): object =>
      Array.from({ length: levels - 1 }).reduce<object>((inner) => ({ a: inner }), {});
    expect(decodeFrame(encoding, encodeFrame(encoding, nested(LIMITS.frameDepth))).ok).toBe(true);
    expect(decodeFrame(encoding, encodeFrame(encoding, nested(LIMITS.frameDepth + 1)))).toEqual(invalid);
  });
});

describe("the size of a frame", () => {
  const padded = (bytes: number, unit = "x"): string => {
    const around = utf8.encode('{"t":""}').length;
    const units = Math.floor((bytes - around) / utf8.encode(unit).length);
    const filled = `{"t":"${unit.repeat(units)}"}`;
    return filled + " ".repeat(bytes - utf8.encode(filled).length);
  };

  it.each([
    ["Latin", "x"],
    ["Korean", "가"],
    ["emoji", "😀"],
    ["accented", "é"],
  ])("is counted in bytes: 64 KiB of %s text pass, one byte more does not", (_, unit) => {
    expect(decodeFrame("json", padded(LIMITS.frameBytes, unit)).ok).toBe(true);
    expect(decodeFrame("json", padded(LIMITS.frameBytes + 1, unit))).toEqual({ ok: false, error: "too_large" });
  });

  it("is looked at before what it holds", () => {
    expect(decodeFrame("json", "[".repeat(LIMITS.frameBytes + 1))).toEqual({ ok: false, error: "too_large" });
    expect(decodeFrame("msgpack", new Uint8Array(LIMITS.frameBytes + 1))).toEqual({ ok: false, error: "too_large" });
    expect(decodeFrame("json", new Uint8Array(LIMITS.frameBytes + 1))).toEqual({ ok: false, error: "too_large" });
  });

  it("of exactly 64 KiB passes in msgpack", () => {
    const bytes = encodeFrame("msgpack", { t: "x".repeat(LIMITS.frameBytes - 8) });
    expect(wireBytes(bytes)).toBe(LIMITS.frameBytes);
    expect(decodeFrame("msgpack", bytes as Uint8Array).ok).toBe(true);
  });

  it.each(ENCODINGS)("that is far too deep in %s is refused without a stack of that depth", (encoding) => {
    const limits = { maxBytes: 1_000_000, maxDepth: LIMITS.frameDepth };
    const levels = 100_000;
    const bombs = {
      json: ["[".repeat(levels) + "]".repeat(levels), '{"a":'.repeat(levels)],
      msgpack: [
        new Uint8Array(levels + 1).fill(0x91),
        Uint8Array.from({ length: levels * 3 + 1 }, (_, index) => [0x81, 0xa1, 0x61][index % 3] ?? 0),
      ],
    }[encoding];
    for (const bomb of bombs) expect(decodeFrame(encoding, bomb, limits)).toEqual(invalid);
  });
});

describe("text and binary are told apart", () => {
  it.each([
    ["text on a msgpack socket", "msgpack", "{}"],
    ["binary on a JSON socket", "json", utf8.encode("{}")],
    ["no text", "json", ""],
    ["no bytes", "msgpack", new Uint8Array(0)],
    ["text behind the JSON", "json", "{} x"],
    ["broken JSON", "json", '{"type":'],
    ["a lone surrogate in JSON", "json", '{"t":"\\ud800"}'],
    ["a lone surrogate in a key", "json", '{"\\udc00":1}'],
    ["U+0000 as an escape", "json", '{"t":"\\u0000"}'],
    ["a number that overflows", "json", '{"n":1e400}'],
  ] as const)("%s is refused", (_, encoding, data) => {
    expect(decodeFrame(encoding, data)).toEqual(invalid);
  });

  it("a surrogate pair in JSON escapes is one character", () => {
    expect(decodeFrame("json", '{"t":"\\ud83d\\ude00"}')).toEqual({ ok: true, value: { t: "😀" } });
  });

  it("a view into a larger buffer is read from where it begins", () => {
    const inner = encodeFrame("msgpack", { type: "x" }) as Uint8Array;
    const outer = new Uint8Array(inner.length + 10).fill(0xc1);
    outer.set(inner, 5);
    expect(decodeFrame("msgpack", outer.subarray(5, 5 + inner.length))).toEqual({ ok: true, value: { type: "x" } });
  });
});

describe("what an encoded frame holds", () => {
  it("stays as it is, however many are encoded after it", () => {
    const first = encodeFrame("msgpack", { type: "first", text: "안녕" }) as Uint8Array;
    const before = first.slice();
    for (let n = 0; n < 5_000; n += 1) encodeFrame("msgpack", { type: "later", text: `${n}`.repeat(20) });
    expect(first).toEqual(before);
  });

  it("is a copy that keeps no pool alive", () => {
    const data = encodeFrame("msgpack", { type: "a" }) as Uint8Array;
    expect(data.buffer.byteLength).toBe(data.byteLength);
  });

  it.each([
    ["a date", new Date(0)],
    ["a set", new Set([1])],
    ["bytes", new Uint8Array(3)],
  ])("may be %s where we trust it, and is refused where we do not", (_, value) => {
    expect(decodeFrame("msgpack", new Uint8Array(everything.pack({ type: "x", value })))).toEqual(invalid);
  });
});
