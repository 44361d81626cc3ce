/** What looking through a picture gives: its size, and its bytes without remarks, places and what follows its end. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** To be put together in this order; parts of the bytes that were given, not copies. */
  readonly parts: readonly Uint8Array[];
}

/** More blocks than any real picture has: tens of megabytes of empty ones would take gigabytes to note down. */
export const MAX_BLOCKS = 65_536;

export const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** As it is shown: from 5 on, orientations lay it on its side. */
export function shownSize({ width, height }: { width: number; height: number }, orientation: number) {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** EXIF that says how the picture is turned, and nothing else. */
export function turnedExif(orientation: number): Uint8Array {
  const [bigEndian, oneEntry, orientationTag, short] = [
    [0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
    [0, 1],
    [0x01, 0x12],
    [0, 3],
  ];
  return Uint8Array.from([
    ...bigEndian,
    ...oneEntry,
    ...[...orientationTag, ...short, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0],
  ]);
}

/** How EXIF says that a picture is turned, 1 to 8: upright (1) where it does not say, or not in order. */
export function orientationOf(exif: Uint8Array): number {
  if (exif.length < 8) return 1;
  const view = viewOf(exif);
  const isLittle = latin1(exif, 0, 2) === "II";
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > exif.length) return 1;
  const entries = view.getUint16(directory, isLittle);
  for (let index = 0; index < entries; index += 1) {
    const at = directory + 2 + 12 * index;
    if (at + 12 > exif.length) return 1;
    if (view.getUint16(at, isLittle) !== 0x0112) continue;
    const orientation = view.getUint16(at + 8, isLittle);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}
