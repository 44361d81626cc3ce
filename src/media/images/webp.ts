/** WebP (RFC 9649): chunks of a RIFF file. Kept is what it takes to show it, its colours, its animation and its turn. */
import { latin1, MAX_BLOCKS, orientationOf, type Picture, turnedExif, viewOf } from "./picture.ts";

const KEPT: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);
const [HAS_EXIF, HAS_XMP] = [0x08, 0x04];
const LEGACY_EXIF_NAME = "Exif\0\0";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Null for one that is cut off or not in order. */
export function readWebp(bytes: Uint8Array): Picture | null {
  if (latin1(bytes, 0, 4) !== "RIFF" || latin1(bytes, 8, 12) !== "WEBP") return null;
  const view = viewOf(bytes);
  const riffEnd = 8 + view.getUint32(4, true);
  if (riffEnd > bytes.length) return null;
  const chunks: Uint8Array[] = [];
  const size = { width: 0, height: 0 };
  let features: Uint8Array | undefined;
  let orientation = 1;
  let hasImage = false;
  for (let at = 12, blocks = 0; at < riffEnd; blocks += 1) {
    if (at + 8 > riffEnd || blocks === MAX_BLOCKS) return null;
    const type = latin1(bytes, at, at + 4);
    const end = at + 8 + view.getUint32(at + 4, true);
    const paddedEnd = end + ((end - at) % 2);
    if (paddedEnd > riffEnd) return null;
    const body = bytes.subarray(at + 8, end);
    hasImage ||= type === "VP8 " || type === "VP8L" || type === "ANMF";
    const own = sizeOf(type, body);
    if (own === null) return null;
    size.width = Math.max(size.width, own?.width ?? 0);
    size.height = Math.max(size.height, own?.height ?? 0);
    if (type === "EXIF") orientation = orientationOf(withoutName(body));
    // Its flags change: a copy.
    const chunk = type === "VP8X" ? bytes.slice(at, paddedEnd) : bytes.subarray(at, paddedEnd);
    if (type === "VP8X") features = chunk;
    if (KEPT.has(type)) chunks.push(chunk);
    at = paddedEnd;
  }
  if (!hasImage || size.width === 0 || size.height === 0) return null;
  if (features) {
    const isTurned = orientation !== 1;
    features[8] = ((features[8] ?? 0) & ~(HAS_EXIF | HAS_XMP)) | (isTurned ? HAS_EXIF : 0);
    if (isTurned) chunks.push(exifChunk(orientation));
  }
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 4);
  // Browsers do not turn a WebP by its EXIF.
  return { ...size, parts: [riffHeader(length), ...chunks] };
}

/** Undefined for a chunk that has none, null for one that is too short or not in order. */
function sizeOf(type: string, body: Uint8Array): Size | null | undefined {
  const view = viewOf(body);
  if (type === "VP8X") {
    return body.length < 10 ? null : { width: 1 + uint24(body, 4), height: 1 + uint24(body, 7) };
  }
  if (type === "VP8L") {
    if (body.length < 5 || body[0] !== 0x2f) return null;
    const packed = view.getUint32(1, true);
    return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
  }
  if (type === "VP8 ") {
    if (body.length < 10 || uint24(body, 3) !== 0x2a019d) return null;
    return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
  }
  return undefined;
}

function uint24(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

/** Some writers put JPEG's name in front. */
function withoutName(exif: Uint8Array): Uint8Array {
  return latin1(exif, 0, 6) === LEGACY_EXIF_NAME ? exif.subarray(6) : exif;
}

function exifChunk(orientation: number): Uint8Array {
  const exif = turnedExif(orientation);
  return Uint8Array.from([0x45, 0x58, 0x49, 0x46, exif.length, 0, 0, 0, ...exif]);
}

function riffHeader(length: number): Uint8Array {
  const header = Uint8Array.from([0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x45, 0x42, 0x50]);
  viewOf(header).setUint32(4, length, true);
  return header;
}
