/**
 * Reads the structure of a MessagePack document without building anything, so that the decoder only ever sees what
 * JSON could say: nil, booleans, numbers, strings, arrays and maps with string keys. Refused: extensions (dates, sets,
 * records, typed arrays), binary, too deep, truncated, trailing bytes, invalid UTF-8, integers that JavaScript rounds.
 *
 * Format: https://github.com/msgpack/msgpack/blob/master/spec.md
 */

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** True if `bytes` is exactly one such document, nested at most `maxDepth` deep. Never throws. */
export function isPlainMsgpack(bytes: Uint8Array, maxDepth: number, text: "UTF-8" | "any text" = "UTF-8"): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // How many values each open container still lacks, and whether it is a map (where every other value is a key).
  const missing: number[] = [];
  const isMap: boolean[] = [];
  let at = 0;

  for (;;) {
    while (missing.length > 0 && missing[missing.length - 1] === 0) {
      missing.pop();
      isMap.pop();
    }
    if (missing.length === 0 && at > 0) return at === bytes.length;
    if (at >= bytes.length) return false;

    const inside = missing.length - 1;
    const left = missing[inside] ?? 1;
    const keyExpected = isMap[inside] === true && left % 2 === 0;
    if (inside >= 0) missing[inside] = left - 1;

    const head = bytes[at] ?? 0xc1;
    const token = readHead(view, at, head);
    if (token === undefined) return false;
    if (keyExpected && token.kind !== "string") return false;
    at += token.headBytes;
    if (token.kind === "container") {
      // Each value takes a byte at least: a length beyond the rest of the frame is a lie.
      if (token.count > bytes.length - at || missing.length >= maxDepth) return false;
      missing.push(token.count);
      isMap.push(token.isMap);
    } else if (token.kind === "string") {
      if (at + token.bytes > bytes.length) return false;
      if (text === "UTF-8" && !isUtf8(bytes, at, at + token.bytes)) return false;
      at += token.bytes;
    } else if (at > bytes.length) return false;
  }
}

type Token =
  | { kind: "scalar"; headBytes: number }
  | { kind: "string"; headBytes: number; bytes: number }
  | { kind: "container"; headBytes: number; count: number; isMap: boolean };

const SCALAR_BYTES: Readonly<Record<number, number>> = {
  192: 1, // nil
  194: 1, // false
  195: 1, // true
  202: 5, // float 32
  203: 9, // float 64
  204: 2, // uint 8
  205: 3, // uint 16
  206: 5, // uint 32
  208: 2, // int 8
  209: 3, // int 16
  210: 5, // int 32
};

function readHead(view: DataView, at: number, head: number): Token | undefined {
  const left = view.byteLength - at;
  if (head <= 0x7f || head >= 0xe0) return { kind: "scalar", headBytes: 1 };
  if (head <= 0x8f) return { kind: "container", headBytes: 1, count: (head & 0x0f) * 2, isMap: true };
  if (head <= 0x9f) return { kind: "container", headBytes: 1, count: head & 0x0f, isMap: false };
  if (head <= 0xbf) return { kind: "string", headBytes: 1, bytes: head & 0x1f };
  switch (head) {
    case 0xd9:
      return left < 2 ? undefined : { kind: "string", headBytes: 2, bytes: view.getUint8(at + 1) };
    case 0xda:
      return left < 3 ? undefined : { kind: "string", headBytes: 3, bytes: view.getUint16(at + 1) };
    case 0xdb:
      return left < 5 ? undefined : { kind: "string", headBytes: 5, bytes: view.getUint32(at + 1) };
    case 0xdc:
      return left < 3 ? undefined : { kind: "container", headBytes: 3, count: view.getUint16(at + 1), isMap: false };
    case 0xdd:
      return left < 5 ? undefined : { kind: "container", headBytes: 5, count: view.getUint32(at + 1), isMap: false };
    case 0xde:
      return left < 3 ? undefined : { kind: "container", headBytes: 3, count: view.getUint16(at + 1) * 2, isMap: true };
    case 0xdf:
      return left < 5 ? undefined : { kind: "container", headBytes: 5, count: view.getUint32(at + 1) * 2, isMap: true };
    case 0xcf: // uint 64
      return left < 9 || view.getBigUint64(at + 1) > BigInt(Number.MAX_SAFE_INTEGER)
        ? undefined
        : { kind: "scalar", headBytes: 9 };
    case 0xd3: // int 64
      return left < 9 || !Number.isSafeInteger(Number(view.getBigInt64(at + 1)))
        ? undefined
        : { kind: "scalar", headBytes: 9 };
    default: {
      const headBytes = SCALAR_BYTES[head];
      return headBytes === undefined ? undefined : { kind: "scalar", headBytes };
    }
  }
}

function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if ((bytes[at] ?? 0) < 0x80) continue;
    try {
      strictUtf8.decode(bytes.subarray(at, to));
      return true;
    } catch {
      return false;
    }
  }
  return true;
}
