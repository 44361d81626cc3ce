/** What a message says of its file, read with care: it is free JSON, and may be of an older or a newer server. */
import type { Message } from "../../client/index.ts";

export type FileMessage = Pick<Message, "messageType" | "content" | "fileUrl" | "fileMetadata">;

export interface FileDetails {
  /** Without what was signed into it. */
  readonly address: string | undefined;
  readonly name: string | undefined;
  readonly contentType: string;
  readonly sizeBytes: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly durationMs: number | undefined;
}

export function fileDetails({ fileUrl, fileMetadata }: Pick<FileMessage, "fileUrl" | "fileMetadata">): FileDetails {
  const { fileName, contentType, sizeBytes, width, height, durationMs } = fileMetadata ?? {};
  return {
    address: fileUrl?.split("?")[0],
    name: typeof fileName === "string" ? fileName : undefined,
    contentType: typeof contentType === "string" ? contentType : "",
    sizeBytes: positive(sizeBytes),
    width: positive(width),
    height: positive(height),
    durationMs: positive(durationMs),
  };
}

/** How large a picture is shown, before it is there: no more than this either way, and never larger than it is. */
export function pictureBox({ width, height }: Pick<FileDetails, "width" | "height">, mostPx = 320) {
  if (width === undefined || height === undefined) return { width: mostPx * 0.75, height: mostPx * 0.75 };
  const scale = Math.min(1, mostPx / width, mostPx / height);
  // A stripe can still be hit with a finger.
  const leastPx = 48;
  return { width: Math.max(leastPx, Math.round(width * scale)), height: Math.max(leastPx, Math.round(height * scale)) };
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
