/** PNG (third edition): chunks up to IEND. Kept is what it takes to show it, its colours, its animation and its turn. */
import { crc32 } from "node:zlib";
import { latin1, MAX_BLOCKS, orientationOf, type Picture, shownSize, turnedExif, viewOf } from "./picture.ts";

const SIGNATURE = "\x89PNG\r\n\x1a\n";
const KEPT: ReadonlySet<string> = new Set(
  "IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT".split(" "),
);

/** Null for one that is cut off or not in order. */
export function readPng(bytes: Uint8Array): Picture | null {
  if (latin1(bytes, 0, 8) !== SIGNATURE) return null;
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, 8)];
  let size: { width: number; height: number } | undefined;
  let orientation = 1;
  let hasData = false;
  for (let at = 8, blocks = 0; at + 12 <= bytes.length && blocks < MAX_BLOCKS; blocks += 1) {
    const length = view.getUint32(at);
    const type = latin1(bytes, at + 4, at + 8);
    const end = at + 12 + length;
    if (end > bytes.length || (size === undefined) !== (type === "IHDR")) return null;
    if (type === "IHDR") {
      if (length !== 13) return null;
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
      if (size.width === 0 || size.height === 0) return null;
    }
    if (type === "eXIf" && !hasData) {
      orientation = orientationOf(bytes.subarray(at + 8, end - 4));
      if (orientation !== 1) parts.push(exifChunk(orientation));
    }
    hasData ||= type === "IDAT";
    if (KEPT.has(type)) parts.push(bytes.subarray(at, end));
    if (type === "IEND") return size && hasData ? { ...shownSize(size, orientation), parts } : null;
    at = end;
  }
  return null;
}

function exifChunk(orientation: number): Uint8Array {
  const exif = turnedExif(orientation);
  const chunk = new Uint8Array(12 + exif.length);
  const view = viewOf(chunk);
  view.setUint32(0, exif.length);
  chunk.set([0x65, 0x58, 0x49, 0x66], 4); // eXIf
  chunk.set(exif, 8);
  view.setUint32(8 + exif.length, crc32(chunk.subarray(4, 8 + exif.length)));
  return chunk;
}
