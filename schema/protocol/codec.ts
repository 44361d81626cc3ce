/**
 * Bytes of the wire ↔ plain values, in both encodings, for the server and the SDK.
 * What it returns is JSON-like, of bounded size and depth, with well-formed strings; the frame's zod schema comes after.
 */
import { Packr } from "msgpackr";
import { ok, type Result, refuse } from "../result.ts";
import { LIMITS } from "./limits.ts";
import { isPlainMsgpack } from "./msgpack-scan.ts";
import type { Encoding } from "./version.ts";

export type WireData = string | Uint8Array;

const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: "number", moreTypes: false });
const utf8 = new TextEncoder();

/** The encoded bytes are a copy: they may be kept and sent to any number of sockets. */
export function encodeFrame(encoding: Encoding, frame: object): WireData {
  return encoding === "json" ? JSON.stringify(frame) : new Uint8Array(packr.pack(frame));
}

export function wireBytes(data: WireData): number {
  return typeof data === "string" ? utf8Bytes(data) : data.byteLength;
}

/** Wraps frames that are already encoded as one `batch` frame. A single frame stays as it is. */
export function joinFrames(encoding: Encoding, frames: readonly WireData[]): WireData {
  const [first] = frames;
  if (first !== undefined && frames.length === 1) return first;
  return encoding === "json" ? `{"type":"batch","frames":[${frames.join(",")}]}` : joinMsgpack(frames);
}

/** The map `{ type: "batch", frames: […] }` up to the array's 32-bit length. */
const BATCH_HEAD = Uint8Array.from("\x82\xa4type\xa5batch\xa6frames\xdd", (byte) => byte.charCodeAt(0));

function joinMsgpack(frames: readonly WireData[]): Uint8Array {
  const parts = frames.filter((frame) => typeof frame !== "string");
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, BATCH_HEAD.length + 4));
  joined.set(BATCH_HEAD);
  new DataView(joined.buffer).setUint32(BATCH_HEAD.length, parts.length);
  let at = BATCH_HEAD.length + 4;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}

export interface DecodeLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

const CLIENT_FRAME: DecodeLimits = { maxBytes: LIMITS.frameBytes, maxDepth: LIMITS.frameDepth };

/** Size first, then structure, then values. Never throws, whatever the bytes are. */
export function decodeFrame(
  encoding: Encoding,
  data: string | ArrayBuffer | Uint8Array,
  limits: DecodeLimits = CLIENT_FRAME,
): Result<unknown, "too_large" | "invalid_frame"> {
  if (exceeds(data, limits.maxBytes)) return refuse("too_large");
  if ((typeof data === "string") !== (encoding === "json")) return refuse("invalid_frame");
  try {
    const value = typeof data === "string" ? JSON.parse(data) : decodeMsgpack(new Uint8Array(data), limits.maxDepth);
    return isPlain(value, limits.maxDepth) ? ok(value) : refuse("invalid_frame");
  } catch {
    return refuse("invalid_frame");
  }
}

/**
 * The `ref` of a frame that was refused, so that the client learns which one it was; undefined where it cannot be told.
 * The frame's text may be broken: nothing else of it is looked at.
 */
export function decodeRef(encoding: Encoding, data: string | ArrayBuffer): unknown {
  try {
    if ((typeof data === "string") !== (encoding === "json")) return undefined;
    const value: unknown =
      typeof data === "string"
        ? JSON.parse(data)
        : decodeMsgpack(new Uint8Array(data), CLIENT_FRAME.maxDepth, "any text");
    return typeof value === "object" && value !== null && "ref" in value ? value.ref : undefined;
  } catch {
    return undefined;
  }
}

/** For what our own server sent: any size, no second look. */
export function decodeTrusted(data: string | ArrayBuffer): unknown {
  return typeof data === "string" ? JSON.parse(data) : packr.unpack(new Uint8Array(data));
}

function decodeMsgpack(bytes: Uint8Array, maxDepth: number, text?: "any text"): unknown {
  if (!isPlainMsgpack(bytes, maxDepth, text)) throw new RangeError("not plain MessagePack");
  return packr.unpack(bytes);
}

function exceeds(data: string | ArrayBuffer | Uint8Array, maxBytes: number): boolean {
  if (typeof data !== "string") return data.byteLength > maxBytes;
  // A UTF-16 unit is one to three bytes of UTF-8: most texts are decided without encoding them.
  return data.length > maxBytes || (data.length * 3 > maxBytes && utf8Bytes(data) > maxBytes);
}

function utf8Bytes(text: string): number {
  return utf8.encode(text).byteLength;
}

/** Keys by which a later merge of the value could reach a prototype; msgpackr renames `__proto__` to `__proto_`. */
const FORBIDDEN_KEYS = new Set(["__proto__", "__proto_", "constructor", "prototype"]);

function isPlain(value: unknown, depthLeft: number): boolean {
  switch (typeof value) {
    case "string":
      // SQLite's JSON functions cut at U+0000, and a lone surrogate has no UTF-8.
      return !value.includes("\0") && value.isWellFormed();
    case "number":
      return Number.isFinite(value);
    case "boolean":
      return true;
    case "object":
      if (value === null) return true;
      if (depthLeft === 0) return false;
      if (Array.isArray(value)) return value.every((item) => isPlain(item, depthLeft - 1));
      return Object.entries(value).every(
        ([key, item]) => !FORBIDDEN_KEYS.has(key) && isPlain(key, depthLeft) && isPlain(item, depthLeft - 1),
      );
    default:
      return false;
  }
}
