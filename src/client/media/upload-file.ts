/** Sends a file to the server: through it, or where it is larger than that takes, straight to the storage behind it. */
import type { MediaAnswer, PresignAnswer } from "../../../schema/api/media.ts";
import type { MEDIA_BYTES } from "../../../schema/media.ts";
import { type SendOptions, type StudyMateClient, StudyMateError } from "../index.ts";
import { type Fetch, fetchTelling } from "./progress.ts";

export interface UploadFileOptions {
  /** The room that it is for: its participants may see it. */
  readonly roomId: number;
  /** `File.name` if absent. Its ending becomes that of the type that is found in it. */
  readonly fileName?: string | undefined;
  /** Of a voice message, how long it is. What has it is a VOICE; sound without it is a FILE. */
  readonly durationMs?: number | undefined;
  /** With the same one again, within a day, the same file is the same upload: for what was lost on the way. Not of large files. */
  readonly idempotencyKey?: string | undefined;
  /** Gives it up: rejects with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** How much has left: 0 to 1. Only where the runtime tells, which browsers do. */
  readonly onProgress?: ((part: number) => void) | undefined;
}

/** What a message needs to be sent with the file: `room.send(words, uploaded)`. */
export type UploadedFile = Required<Pick<SendOptions, "messageType" | "fileUrl" | "fileMetadata">>;

const LARGEST_THROUGH_SERVER: (typeof MEDIA_BYTES)["file"] = 26_214_400;
const PICTURES = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);
const DEADLINE_MS = 3_600_000;

/**
 * Uploads a picture, a voice or any other file that the server takes. It is in no message yet: send it within a day.
 * Rejects with `too_large`, `unsupported_media_type` and the like, with `network` where the way was lost, and keeps
 * nothing: the file is to be given again.
 *
 * ```ts
 * const uploaded = await uploadFile(client, file, { roomId: room.id });
 * await room.send("바다에서", uploaded);
 * ```
 */
export async function uploadFile(
  client: StudyMateClient,
  file: Blob,
  options: UploadFileOptions,
): Promise<UploadedFile> {
  const { roomId, durationMs, idempotencyKey, onProgress } = options;
  // Browsers of 2023 cannot join two signals themselves.
  const giveUp = new AbortController();
  const end = () => giveUp.abort();
  const timer = setTimeout(end, DEADLINE_MS);
  options.signal?.addEventListener("abort", end);
  if (options.signal?.aborted) end();
  const { signal } = giveUp;
  const fileName = options.fileName ?? ((file as Partial<File>).name || undefined);
  const isVoice = durationMs !== undefined;
  const fetch = onProgress && fetchTelling(onProgress);
  const upload: Upload = { client, file, roomId, fileName, idempotencyKey, signal, fetch };
  try {
    const isLarge = file.size > LARGEST_THROUGH_SERVER && !isVoice;
    return uploaded(await (isLarge ? straight(upload) : throughServer(upload, durationMs)), isVoice);
  } catch (error) {
    if (options.signal?.aborted) throw new StudyMateError("cancelled", "The upload was given up.");
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", end);
  }
}

interface Upload {
  readonly client: StudyMateClient;
  readonly file: Blob;
  readonly roomId: number;
  readonly fileName: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal;
  readonly fetch: Fetch | undefined;
}

function throughServer(
  { client, file, roomId, fileName, idempotencyKey, signal, fetch }: Upload,
  durationMs: number | undefined,
) {
  const query = { purpose: durationMs === undefined ? "message" : "voice", roomId, fileName, durationMs };
  return client.request<MediaAnswer>({
    method: "POST",
    path: "/v1/media",
    query,
    body: file,
    idempotencyKey,
    signal,
    fetch,
  });
}

/** Where the server has no storage to send to, the file is too large for it. */
async function straight({ client, file, roomId, fileName, signal, fetch = globalThis.fetch }: Upload) {
  const body = { roomId, contentType: file.type, sizeBytes: file.size, fileName };
  const { key, uploadUrl, headers } = await client
    .request<PresignAnswer>({ method: "POST", path: "/v1/media/uploads", body, signal })
    .catch((error) => {
      const hasNoStorage = error instanceof StudyMateError && error.code === "not_found";
      throw hasNoStorage ? new StudyMateError("too_large", "Larger than this server takes.", { status: 404 }) : error;
    });
  // The browser counts the bytes itself, and lets nobody say how many there are.
  const { "content-length": _, ...own } = headers;
  const stored = await fetch(uploadUrl, { method: "PUT", headers: own, body: file, signal }).catch(() => undefined);
  if (!stored?.ok) throw new StudyMateError("network", "The storage did not take the file.");
  return client.request<MediaAnswer>({ method: "POST", path: `/v1/media/${key}/complete`, signal });
}

function uploaded({ url, size, contentType, ...found }: MediaAnswer, isVoice: boolean): UploadedFile {
  const { width, height, durationMs, fileName } = found;
  const metadata = { contentType, sizeBytes: size, width, height, durationMs, fileName };
  return {
    messageType: isVoice ? "VOICE" : PICTURES.has(contentType) ? "IMAGE" : "FILE",
    fileUrl: url,
    // As the message will have it: without what is not known.
    fileMetadata: JSON.parse(JSON.stringify(metadata)),
  };
}
