/** JPEG (ITU T.81): markers up to the end of the image. Kept is what it takes to show it, its colours and its turn. */
import { latin1, MAX_BLOCKS, orientationOf, type Picture, shownSize, turnedExif, viewOf } from "./picture.ts";

const [SOI, EOI, SOS, APP0, APP1, APP15, COM] = [0xd8, 0xd9, 0xda, 0xe0, 0xe1, 0xef, 0xfe];
const EXIF = "Exif\0\0";
/** Application segments that say how to show the picture: JFIF, its colour profile, Adobe's colour transform. */
const KEPT = [
  { marker: 0xe0, name: "JFIF\0" },
  { marker: 0xe2, name: "ICC_PROFILE\0" },
  { marker: 0xee, name: "Adobe" },
];

/** Null for one that is cut off or not in order. */
export function readJpeg(bytes: Uint8Array): Picture | null {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [];
  let size: { width: number; height: number } | undefined;
  let orientation = 1;
  let afterJfif = 1;
  let at = 2;
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  parts.push(bytes.subarray(0, 2));
  for (let blocks = 0; blocks < MAX_BLOCKS; blocks += 1) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) return null;
    if (marker === EOI) {
      if (!size) return null;
      parts.push(bytes.subarray(at, at + 2));
      if (orientation !== 1) parts.splice(afterJfif, 0, exifSegment(orientation));
      return { ...shownSize(size, orientation), parts };
    }
    if (at + 4 > bytes.length) return null;
    const length = view.getUint16(at + 2);
    let end = at + 2 + length;
    if (length < 2 || end > bytes.length) return null;
    if (isFrame(marker)) {
      if (length < 8) return null;
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      // A later frame (of a hierarchical picture) must not be larger than what was checked.
      size = { width: Math.max(width, size?.width ?? 0), height: Math.max(height, size?.height ?? 0) };
      if (width === 0 || height === 0) return null;
    }
    if (marker === APP1 && latin1(bytes, at + 4, at + 10) === EXIF) {
      orientation = orientationOf(bytes.subarray(at + 10, end));
    }
    if (marker === SOS) end = endOfScan(bytes, end);
    if (isKept(bytes, at)) {
      parts.push(bytes.subarray(at, end));
      if (marker === APP0) afterJfif = parts.length;
    }
    at = end;
  }
  return null;
}

/** SOF0 to SOF15: their place is shared with tables (DHT, JPG, DAC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function isKept(bytes: Uint8Array, at: number): boolean {
  const marker = bytes[at + 1] ?? 0;
  if (marker === COM) return false;
  if (marker < APP0 || marker > APP15) return true;
  return KEPT.some((kept) => kept.marker === marker && latin1(bytes, at + 4, at + 4 + kept.name.length) === kept.name);
}

/** Coded data has its own 0xff followed by 0, and restart markers within. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

function exifSegment(orientation: number): Uint8Array {
  const exif = turnedExif(orientation);
  const name = Uint8Array.from(EXIF, (character) => character.charCodeAt(0));
  return Uint8Array.from([0xff, APP1, 0, 2 + name.length + exif.length, ...name, ...exif]);
}
