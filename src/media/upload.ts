/** Takes a file in: what it is, whether it is taken, its row, its bytes. In this order, so that nothing is half there. */
import type { Hash } from "node:crypto";
import { fileTypeFromBuffer } from "file-type";
import type { MediaPurpose } from "../../schema/api/media.ts";
import type { ProblemCode } from "../../schema/api/problem.ts";
import { ok, type Result, refuse } from "../../schema/result.ts";
import { BodyReader } from "../stored-media/body.ts";
import { announceFile, markStored, removeFiles, type StoredFile } from "../stored-media/store.ts";
import { readPicture } from "./images/read-picture.ts";
import { cleanFileName, type ImageFormat, isWithinPixels, MEDIA_LIMITS, mediaType } from "./rules.ts";

/** Enough for every mark of a type, the first entries of an office document included. */
export const HEAD_BYTES = 65_536;

export interface Upload {
  readonly purpose: MediaPurpose;
  readonly ownerId: number;
  readonly roomId: number | null;
  readonly fileName: string | undefined;
  /** As the sender says; null where nothing is said. */
  readonly durationMs: number | null;
  readonly body: ReadableStream<Uint8Array> | null;
  /** As the request says; null where it does not. */
  readonly declaredBytes: number | null;
  /** Of what was sent, as it was sent; null where nobody asks for it. */
  readonly hash: Hash | null;
}

export interface UploadRefusal {
  readonly code: Extract<ProblemCode, "invalid_frame" | "too_large" | "unsupported_media_type" | "unauthorized">;
  readonly message?: string;
}

type Content = Pick<StoredFile, "sizeBytes" | "width" | "height"> & {
  readonly bytes: Blob | Uint8Array | ReadableStream<Uint8Array>;
};

export async function takeIn(env: Env, upload: Upload): Promise<Result<StoredFile, UploadRefusal>> {
  const reader = new BodyReader(upload.body, upload.hash);
  try {
    return await takeFrom(reader, env, upload);
  } finally {
    // Of a refused body nothing more is read.
    await reader.cancel();
  }
}

async function takeFrom(reader: BodyReader, env: Env, upload: Upload): Promise<Result<StoredFile, UploadRefusal>> {
  const { purpose, ownerId, roomId, durationMs, declaredBytes } = upload;
  if ((declaredBytes ?? 0) > MEDIA_LIMITS[purpose].maxBytes) return refuse({ code: "too_large" });
  const head = await reader.head(HEAD_BYTES);
  if (head.length === 0) return refuse({ code: "invalid_frame", message: "is empty" });
  const type = await typeOf(purpose, head);
  if (type === null) return refuse({ code: "unsupported_media_type" });
  const content = type.image
    ? await pictureFrom(reader, purpose, type.image)
    : await bytesFrom(reader, purpose, declaredBytes);
  if (!content.ok) return content;

  const { bytes, ...size } = content.value;
  const key = `${purpose}/${ownerId}/${randomName()}`;
  const fileName = cleanFileName(upload.fileName, type.extensions);
  const { contentType } = type;
  const file = { key, ownerId, purpose, roomId, contentType, fileName, durationMs, ...size, createdAt: Date.now() };
  if (!(await announceFile(env.DB, file))) return refuse({ code: "unauthorized" });
  try {
    await env.MEDIA.put(key, bytes, { httpMetadata: { contentType } });
  } catch (error) {
    // Should this fail as well, the row is swept.
    await removeFiles(env, [key]);
    if (bytes instanceof ReadableStream && reader.isNotOf(file.sizeBytes)) {
      return refuse({ code: "invalid_frame", message: "is not as long as Content-Length says" });
    }
    throw error;
  }
  if (await markStored(env.DB, key)) return ok(file);
  await env.MEDIA.delete(key);
  return refuse({ code: "unauthorized" });
}

/** What the beginning of a file tells of it. */
export async function typeOf(purpose: MediaPurpose, head: Uint8Array): Promise<ReturnType<typeof mediaType>> {
  return mediaType(purpose, (await fileTypeFromBuffer(head))?.mime, head);
}

/** 128 bits: nobody guesses the address of a file. */
export function randomName(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
}

async function pictureFrom(
  reader: BodyReader,
  purpose: MediaPurpose,
  format: ImageFormat,
): Promise<Result<Content, UploadRefusal>> {
  const sent = await reader.whole(MEDIA_LIMITS[purpose].maxImageBytes);
  if (sent === null) return refuse({ code: "too_large" });
  const picture = readPicture(format, sent);
  if (picture === null) return refuse({ code: "invalid_frame", message: "is cut off or damaged" });
  const { width, height, parts } = picture;
  if (!isWithinPixels(purpose, { width, height })) return refuse({ code: "too_large" });
  const bytes = new Blob([...parts]);
  return ok({ bytes, sizeBytes: bytes.size, width, height });
}

/** R2 wants to know the length of what is streamed: without one, it is gathered first. */
async function bytesFrom(
  reader: BodyReader,
  purpose: MediaPurpose,
  declaredBytes: number | null,
): Promise<Result<Content, UploadRefusal>> {
  const noSize = { width: null, height: null };
  if (declaredBytes !== null) {
    return ok({ ...noSize, bytes: reader.stream(declaredBytes), sizeBytes: declaredBytes });
  }
  const bytes = await reader.whole(MEDIA_LIMITS[purpose].maxBytes);
  return bytes === null ? refuse({ code: "too_large" }) : ok({ ...noSize, bytes, sizeBytes: bytes.length });
}
