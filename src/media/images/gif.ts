/** GIF89a: blocks up to the trailer. Comments, texts and what applications put in are left out, but for how often it loops. */
import { latin1, MAX_BLOCKS, type Picture, viewOf } from "./picture.ts";

const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b];
const [GRAPHIC_CONTROL, APPLICATION] = [0xf9, 0xff];
const LOOPS: ReadonlySet<string> = new Set(["NETSCAPE2.0", "ANIMEXTS1.0"]);

/** Null for one that is cut off or not in order. */
export function readGif(bytes: Uint8Array): Picture | null {
  if (!/^GIF8[79]a$/.test(latin1(bytes, 0, 6)) || bytes.length < 13) return null;
  const view = viewOf(bytes);
  let [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  let at = 13 + colourTable(bytes[10] ?? 0);
  let hasImage = false;
  const parts = [bytes.subarray(0, at)];
  for (let blocks = 0; blocks < MAX_BLOCKS; blocks += 1) {
    const kind = bytes[at];
    if (kind === TRAILER) {
      parts.push(bytes.subarray(at, at + 1));
      return hasImage && width > 0 && height > 0 ? { width, height, parts } : null;
    }
    let data: number;
    if (kind === IMAGE && at + 11 <= bytes.length) {
      // A frame may reach beyond the screen that the header names.
      width = Math.max(width, view.getUint16(at + 1, true) + view.getUint16(at + 5, true));
      height = Math.max(height, view.getUint16(at + 3, true) + view.getUint16(at + 7, true));
      data = at + 11 + colourTable(bytes[at + 9] ?? 0);
      hasImage = true;
    } else if (kind === EXTENSION) data = at + 2;
    else return null;
    const end = endOfBlocks(bytes, data);
    if (end === null) return null;
    if (kind === IMAGE || isKept(bytes, at)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return null;
}

function colourTable(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0;
}

/** Blocks of up to 255 bytes, each after its length, and one without length. */
function endOfBlocks(bytes: Uint8Array, from: number): number | null {
  let at = from;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return null;
    at += 1 + length;
    if (length === 0) return at;
  }
}

function isKept(bytes: Uint8Array, at: number): boolean {
  const label = bytes[at + 1];
  return label === GRAPHIC_CONTROL || (label === APPLICATION && LOOPS.has(latin1(bytes, at + 3, at + 14)));
}
