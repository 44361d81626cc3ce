/** Files as the Worker stores them, rooms take them, and messages show them. */
import type { MediaPurpose } from "./api/media.ts";

const PREFIX = "/v1/media/";

const MIB = 1_024 * 1_024;
/** The most that is taken of each kind. */
export const MEDIA_BYTES = {
  avatar: 5 * MIB,
  picture: 10 * MIB,
  file: 25 * MIB,
  voice: 10 * MIB,
  /** Straight to the storage, of what is no picture. */
  large: 500 * MIB,
} as const;

export interface MediaFile {
  /** `<purpose>/<owner>/<name>`, ASCII. */
  readonly key: string;
  readonly ownerId: number;
  readonly purpose: MediaPurpose;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Of a picture, in pixels. */
  readonly width: number | null;
  readonly height: number | null;
  /** Of a voice, as its sender says. */
  readonly durationMs: number | null;
  readonly fileName: string | null;
}

/** What the Worker vouches for: this file was uploaded for this room. */
export interface MediaClaim {
  readonly file: MediaFile;
  readonly roomId: number;
  /** Epoch milliseconds: a file that no message shows by then is removed. */
  readonly until: number;
}

export function mediaUrl(key: string): string {
  return PREFIX + key;
}

/** Null for an address of something else. */
export function mediaKey(url: string): string | null {
  return url.startsWith(PREFIX) ? url.slice(PREFIX.length) : null;
}

/** Without what was signed into it. */
export function plainUrl(url: string): string {
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}

/** What a message says of its file: what was found in it, and of what its sender claims the length of a voice alone. */
export function metadataOf(file: MediaFile): Record<string, string | number> {
  const { contentType, sizeBytes, width, height, durationMs, fileName } = file;
  return {
    contentType,
    sizeBytes,
    ...(width !== null && { width }),
    ...(height !== null && { height }),
    ...(durationMs !== null && { durationMs }),
    ...(fileName !== null && { fileName }),
  };
}
