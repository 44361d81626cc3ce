/** What may be uploaded for what, what it is called, and how it is served. Pure. */
import type { MediaPurpose } from "../../schema/api/media.ts";
import { MEDIA_BYTES } from "../../schema/media.ts";

export type ImageFormat = "jpeg" | "png" | "webp" | "gif";

interface MediaType {
  /** How it is stored and served, whatever was claimed. */
  readonly contentType: string;
  /** Endings of its name; the first is given to a name that has none of them. */
  readonly extensions: readonly [string, ...string[]];
  readonly image?: ImageFormat;
}

const JPEG: MediaType = { contentType: "image/jpeg", extensions: ["jpg", "jpeg", "jfif"], image: "jpeg" };
const PNG: MediaType = { contentType: "image/png", extensions: ["png", "apng"], image: "png" };
const WEBP: MediaType = { contentType: "image/webp", extensions: ["webp"], image: "webp" };
const GIF: MediaType = { contentType: "image/gif", extensions: ["gif"], image: "gif" };

const OGG: MediaType = { contentType: "audio/ogg", extensions: ["ogg", "oga", "opus"] };
const MP3: MediaType = { contentType: "audio/mpeg", extensions: ["mp3"] };
const WAV: MediaType = { contentType: "audio/wav", extensions: ["wav"] };
/** Recorders of browsers put sound alone into the containers of films. */
const WEBM_AUDIO: MediaType = { contentType: "audio/webm", extensions: ["webm", "weba"] };
const MP4_AUDIO: MediaType = { contentType: "audio/mp4", extensions: ["m4a", "mp4"] };

const PDF: MediaType = { contentType: "application/pdf", extensions: ["pdf"] };
const ZIP: MediaType = { contentType: "application/zip", extensions: ["zip"] };
/** Office documents before 2007, and those of Hangul. */
const COMPOUND: MediaType = {
  contentType: "application/octet-stream",
  extensions: ["bin", "hwp", "doc", "xls", "ppt"],
};
const TEXT: MediaType = {
  contentType: "text/plain; charset=utf-8",
  extensions: ["txt", "md", "csv", "srt", "vtt"],
};
const VIDEO_MP4: MediaType = { contentType: "video/mp4", extensions: ["mp4", "m4v", "mov"] };
const VIDEO_WEBM: MediaType = { contentType: "video/webm", extensions: ["webm"] };

const office = (kind: string, extension: string): MediaType => ({
  contentType: `application/vnd.${kind}`,
  extensions: [extension],
});
const OPEN_XML = "openxmlformats-officedocument";

/** By what `file-type` calls the content, without parameters. What is not here is not taken: SVG, HTML, programs. */
const SOUND: Readonly<Record<string, MediaType>> = {
  "audio/ogg": OGG,
  "audio/mpeg": MP3,
  "audio/wav": WAV,
  "video/webm": WEBM_AUDIO,
  "video/mp4": MP4_AUDIO,
  "audio/mp4": MP4_AUDIO,
  "audio/x-m4a": MP4_AUDIO,
};

const TYPES: Readonly<Record<MediaPurpose, Readonly<Record<string, MediaType>>>> = {
  avatar: { "image/jpeg": JPEG, "image/png": PNG, "image/webp": WEBP },
  message: {
    ...SOUND,
    "image/jpeg": JPEG,
    "image/png": PNG,
    "image/apng": PNG,
    "image/webp": WEBP,
    "image/gif": GIF,
    "application/pdf": PDF,
    "application/zip": ZIP,
    "application/x-cfb": COMPOUND,
    "text/plain": TEXT,
    "video/mp4": VIDEO_MP4,
    "video/webm": VIDEO_WEBM,
    "video/quicktime": VIDEO_MP4,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": office(
      `${OPEN_XML}.wordprocessingml.document`,
      "docx",
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": office(
      `${OPEN_XML}.spreadsheetml.sheet`,
      "xlsx",
    ),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": office(
      `${OPEN_XML}.presentationml.presentation`,
      "pptx",
    ),
    "application/vnd.oasis.opendocument.text": office("oasis.opendocument.text", "odt"),
    "application/vnd.oasis.opendocument.spreadsheet": office("oasis.opendocument.spreadsheet", "ods"),
    "application/vnd.oasis.opendocument.presentation": office("oasis.opendocument.presentation", "odp"),
  },
  voice: SOUND,
};

interface Limits {
  readonly maxBytes: number;
  /** A picture is held whole while it is looked through. */
  readonly maxImageBytes: number;
  readonly maxPixels: number;
}

export const MEDIA_LIMITS: Readonly<Record<MediaPurpose, Limits>> = {
  avatar: { maxBytes: MEDIA_BYTES.avatar, maxImageBytes: MEDIA_BYTES.avatar, maxPixels: 16_777_216 },
  message: { maxBytes: MEDIA_BYTES.file, maxImageBytes: MEDIA_BYTES.picture, maxPixels: 50_000_000 },
  voice: { maxBytes: MEDIA_BYTES.voice, maxImageBytes: 0, maxPixels: 0 },
};

/** A side longer than this is nobody's photo, whatever the product of the two. */
const MAX_SIDE_PIXELS = 16_384;

export function isWithinPixels(purpose: MediaPurpose, { width, height }: { width: number; height: number }): boolean {
  return Math.max(width, height) <= MAX_SIDE_PIXELS && width * height <= MEDIA_LIMITS[purpose].maxPixels;
}

/** `detected`: what the content was found to be; undefined where it has no mark of a type. */
export function mediaType(purpose: MediaPurpose, detected: string | undefined, head: Uint8Array): MediaType | null {
  const [name = ""] = (detected ?? (isPlainText(head) ? "text/plain" : "")).split(";");
  const types = TYPES[purpose];
  return Object.hasOwn(types, name) ? (types[name] ?? null) : null;
}

/** For a large file that goes past us: of the types for messages, those that are no pictures. */
export function largeFileType(contentType: string): MediaType | null {
  const types = Object.values(TYPES.message).filter(({ image }) => image === undefined);
  return types.find((type) => type.contentType === contentType) ?? null;
}

/** Not a program: no control characters, UTF-8 as far as it was read, and no markup that a reader might follow. */
function isPlainText(head: Uint8Array): boolean {
  if (head.length === 0 || head.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte))) return false;
  try {
    // `stream`: the head may end within a character.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(head, { stream: true });
    return !text.trimStart().startsWith("<");
  } catch {
    return false;
  }
}

/** Folders, controls, what turns the direction of writing, and what file systems refuse. */
const UNSAFE = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069"*:<>?|]/gu;
const MAX_NAME_BYTES = 255;

/** A name that can be shown and saved anywhere; null where nothing is left of it. Ends as its type does. */
export function cleanFileName(
  sent: string | undefined,
  [extension, ...others]: MediaType["extensions"],
): string | null {
  const last = sent?.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const name = last.replace(UNSAFE, "").replace(/^[\s.]+|[\s.]+$/g, "");
  if (name === "") return null;
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const isOfType = [extension, ...others].includes(ending);
  const suffix = `.${isOfType ? ending : extension}`;
  return cutToBytes(isOfType ? name.slice(0, -suffix.length) : name, MAX_NAME_BYTES - suffix.length) + suffix;
}

function cutToBytes(text: string, maxBytes: number): string {
  const encoder = new TextEncoder();
  let bytes = 0;
  let cut = "";
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > maxBytes) break;
    cut += character;
  }
  return cut;
}
