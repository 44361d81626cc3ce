/** What may be recorded, in which pieces it comes, and when it is whole. Pure. */
import type { SessionRecording } from "../../schema/api/sessions.ts";
import type { RecordingPart, StoredRecording } from "../../schema/rpc.ts";

const MIB = 1_024 * 1_024;

export const RECORDING = {
  /** R2 takes no smaller ones but the last, and of one file only equal ones. */
  partBytes: 5 * MIB,
  /** 3 GB: four hours at 1.7 Mbit/s. */
  maxParts: 600,
  /** Enough for every mark of a type. */
  headBytes: 4_100,
} as const;

type Format = SessionRecording["format"];

/** What the containers are called by recorders and by those who look into them, sound alone or with a picture. */
const FORMATS: Readonly<Record<string, Format>> = {
  "video/webm": "WEBM",
  "audio/webm": "WEBM",
  "video/matroska": "WEBM",
  "video/mp4": "MP4",
  "audio/mp4": "MP4",
  "audio/x-m4a": "MP4",
  "audio/ogg": "OGG",
  "video/ogg": "OGG",
};

const CONTENT_TYPES = { WEBM: "video/webm", MP4: "video/mp4", OGG: "audio/ogg" } as const satisfies Record<
  Format,
  string
>;
const EXTENSIONS = { WEBM: "webm", MP4: "mp4", OGG: "ogg" } as const satisfies Record<Format, string>;

/** Null for what is no recording. Parameters, as the codecs are, do not matter. */
export function formatOf(contentType: string): Format | null {
  const [name = ""] = contentType.toLowerCase().split(";");
  const key = name.trim();
  return Object.hasOwn(FORMATS, key) ? (FORMATS[key] ?? null) : null;
}

export function isFormat(format: string): format is Format {
  return Object.hasOwn(CONTENT_TYPES, format);
}

/** How it is stored and served, whatever was claimed. */
export function contentTypeOf(format: string): string {
  return isFormat(format) ? CONTENT_TYPES[format] : "application/octet-stream";
}

export function recordingName(
  sessionId: number,
  { number, format }: Pick<StoredRecording, "number" | "format">,
): string {
  return `session-${sessionId}-${number}.${isFormat(format) ? EXTENSIONS[format] : "bin"}`;
}

export interface PartProblem {
  readonly path: string;
  readonly message: string;
}

/** What is still wrong with the parts that came: all are there from the first on, and all but the last are full. */
export function partProblems(parts: readonly RecordingPart[]): PartProblem[] {
  const last = Math.max(0, ...parts.map(({ number }) => number));
  if (last === 0) return [{ path: "parts", message: "there are none" }];
  const bySize = new Map(parts.map(({ number, size }) => [number, size]));
  for (let number = 1; number <= last; number += 1) {
    const size = bySize.get(number);
    if (size === undefined) return [{ path: `parts.${number}`, message: "is missing" }];
    if (number < last && size !== RECORDING.partBytes) {
      return [{ path: `parts.${number}`, message: `is not of ${RECORDING.partBytes} bytes` }];
    }
  }
  return [];
}

export function sizeOf(parts: readonly RecordingPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

const DAY_MS = 24 * 60 * 60_000;
/** An upload that is not whole by then is given up. */
export const UPLOAD_MS = DAY_MS;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 3_650;

/** `days`: as an operator set it. */
export function expiryOf(days: string, now: number): number {
  const set = Number(days);
  return now + (Number.isInteger(set) && set >= 1 && set <= MAX_DAYS ? set : DEFAULT_DAYS) * DAY_MS;
}

export function recordingUrl(sessionId: number, number: number): string {
  return `/v1/sessions/${sessionId}/recordings/${number}/content`;
}

export function recordingAnswer(sessionId: number, recording: StoredRecording): SessionRecording {
  const { number, format, fileSize, duration, quality, isAvailable, recordedByUserId, expiresAt, createdAt } =
    recording;
  return {
    id: number,
    sessionId,
    fileUrl: isAvailable ? recordingUrl(sessionId, number) : null,
    ...{ fileSize, duration, quality, isAvailable, recordedByUserId },
    format: isFormat(format) ? format : "WEBM",
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    createdAt: new Date(createdAt).toISOString(),
  };
}
