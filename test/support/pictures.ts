/** Pictures of the tests, as a browser encodes them: 6 × 4 pixels, the left half red, the right half blue. And what one may put into them. */
import { crc32 } from "node:zlib";

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** With JFIF and a colour profile. */
export const JPEG = fromBase64(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABh" +
    "Y3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAAB" +
    "UAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAA" +
    "AAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9Y" +
    "WVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM" +
    "ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBC" +
    "YFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSk" +
    "pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAEAAYDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/" +
    "xAAYEAEAAwEAAAAAAAAAAAAAAAAAAQQzcf/EABUBAQEAAAAAAAAAAAAAAAAAAAIF/8QAGBEAAwEBAAAAAAAAAAAAAAAAAAIEM3H/" +
    "2gAMAwEAAhEDEQA/AI9nSOALcmC8FVsx/9k=",
);

/** Lossy, in the extended format with a colour profile. */
export const WEBP = fromBase64(
  "UklGRigCAABXRUJQVlA4WAoAAAAgAAAABQAAAwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABh" +
    "Y3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAAB" +
    "UAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAA" +
    "AAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9Y" +
    "WVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM" +
    "ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggOgAAADACAJ0BKgYABAAEAGglqAJ0cgCqAAPR" +
    "AK14AP7dEO9j//LPHrFb/+k2fl/j1it8nftcTJt6+6VKAAA=",
);

/** Lossless, in the extended format with a colour profile. */
export const LOSSLESS_WEBP = fromBase64(
  "UklGRgACAABXRUJQVlA4WAoAAAAgAAAABQAAAwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABh" +
    "Y3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAAB" +
    "UAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAA" +
    "AAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9Y" +
    "WVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM" +
    "ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDhMEgAAAC8FwAAADxDzv//zHw56ENH/AA==",
);

/** Without anything besides the picture. */
export const PNG = fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAECAYAAACtBE5DAAAAIUlEQVR4AZSJsQkAAAyDJP//bKdClw4RBMEIricND/0YAAAA//9d" +
    "JxHMAAAABklEQVQDABKAC/2Nv7iQAAAAAElFTkSuQmCC",
);

/** 1 × 1. */
export const GIF = fromBase64("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

export const ascii = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

export function joined(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const uint32 = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);

/** Says where it was taken, by whom, and how it is turned: an EXIF body with a sub-directory of places. */
export function exif(orientation: number, order: "II" | "MM" = "II"): Uint8Array<ArrayBuffer> {
  const number = (value: number, bytes: number) => {
    const big = uint32(value).slice(4 - bytes);
    return order === "MM" ? big : big.reverse();
  };
  const entry = (tag: number, type: number, count: number, value: readonly number[]) => [
    ...number(tag, 2),
    ...number(type, 2),
    ...number(count, 4),
    ...value,
  ];
  const artist = ascii("Minji at home, 37.5665 N 126.9780 E\0");
  const [directory, entries] = [8, 3];
  const afterEntries = directory + 2 + 12 * entries + 4;
  return joined(
    ascii(order),
    number(42, 2),
    number(directory, 4),
    number(entries, 2),
    entry(0x0112, 3, 1, [...number(orientation, 2), 0, 0]),
    entry(0x013b, 2, artist.length, number(afterEntries, 4)),
    entry(0x8825, 4, 1, number(afterEntries + artist.length, 4)),
    number(0, 4),
    artist,
    number(1, 2),
    entry(0x0001, 2, 2, [...ascii("N"), 0, 0, 0]),
    number(0, 4),
  );
}

export function jpegWith(...segments: readonly { marker: number; body: Uint8Array }[]): Uint8Array<ArrayBuffer> {
  const made = segments.flatMap(({ marker, body }) => [0xff, marker, ...uint32(body.length + 2).slice(2), ...body]);
  return joined(JPEG.subarray(0, 2), made, JPEG.subarray(2));
}

export const jpegWithExif = (orientation: number, order?: "II" | "MM") =>
  jpegWith({ marker: 0xe1, body: joined(ascii("Exif\0\0"), exif(orientation, order)) });

export function pngChunk(type: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const named = joined(ascii(type), body);
  return joined(uint32(body.length), named, uint32(crc32(named)));
}

/** Right after the header. */
export function pngWith(...chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joined(PNG.subarray(0, 33), ...chunks, PNG.subarray(33));
}

/** Says that it is so large; holds next to nothing. */
export function pngOfSize(width: number, height: number): Uint8Array<ArrayBuffer> {
  const header = joined(uint32(width), uint32(height), PNG.subarray(24, 29));
  return joined(PNG.subarray(0, 8), pngChunk("IHDR", header), PNG.subarray(33));
}

export function webpChunk(type: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined(ascii(type), uint32(body.length).reverse(), body, body.length % 2 ? [0] : []);
}

/** At the end, with the flags that say so. */
export function webpWith(flags: number, ...chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = joined(WEBP.subarray(8), ...chunks);
  body[12] = (body[12] ?? 0) | flags;
  return joined(ascii("RIFF"), uint32(body.length).reverse(), body);
}
