/**
 * The bytes of recordings in R2: sent in parts, each as often as it takes, and one file once all are there. Which parts came is
 * kept by the session's object; R2 forgets an upload that nobody goes on with after a week by itself.
 */
import { fileTypeFromBuffer } from "file-type";
import { ok, type Result, refuse } from "../../schema/result.ts";
import type { RecordingPart, StoredRecording } from "../../schema/rpc.ts";
import { isUnknownUpload } from "../stored-media/recordings.ts";
import { contentTypeOf, formatOf, RECORDING, sizeOf } from "./recording-rules.ts";

export interface NewUpload {
  readonly mediaKey: string;
  readonly uploadId: string;
}

export async function beginUpload(bucket: R2Bucket, userId: number, format: string): Promise<NewUpload> {
  const name = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
  const httpMetadata = { contentType: contentTypeOf(format) };
  const { key, uploadId } = await bucket.createMultipartUpload(`recording/${userId}/${name}`, { httpMetadata });
  return { mediaKey: key, uploadId };
}

/** Null where R2 does not know the upload any more. */
export async function storePart(
  bucket: R2Bucket,
  { mediaKey, uploadId }: Pick<StoredRecording, "mediaKey" | "uploadId">,
  number: number,
  bytes: Uint8Array,
): Promise<RecordingPart | null> {
  if (uploadId === null) return null;
  try {
    const { etag } = await bucket.resumeMultipartUpload(mediaKey, uploadId).uploadPart(number, bytes);
    return { number, size: bytes.length, etag };
  } catch (error) {
    if (isUnknownUpload(error)) return null;
    throw error;
  }
}

/** Whether the beginning of a file is that of a recording of this format. */
export async function isOfFormat(head: Uint8Array, format: string): Promise<boolean> {
  const type = await fileTypeFromBuffer(head.subarray(0, RECORDING.headBytes));
  return type !== undefined && formatOf(type.mime) === format;
}

type Refusal = "not_found" | "conflict" | "unsupported_media_type";

/**
 * Makes one file of the parts, and looks at it. Cut off behind that, the file is there and its upload is not: then it is
 * what was asked for, and answered so again.
 */
export async function joinParts(
  bucket: R2Bucket,
  { mediaKey, uploadId, parts, format }: StoredRecording,
): Promise<Result<{ readonly fileSize: number }, Refusal>> {
  if ((await bucket.head(mediaKey)) === null) {
    if (uploadId === null) return refuse("not_found");
    const uploaded = parts
      .toSorted((a, b) => a.number - b.number)
      .map(({ number, etag }) => ({ partNumber: number, etag }));
    try {
      await bucket.resumeMultipartUpload(mediaKey, uploadId).complete(uploaded);
    } catch (error) {
      if (isUnknownUpload(error)) return refuse("not_found");
      // A part came twice at once, and the other of the two stayed: it is to be sent again.
      if (isWrongPart(error)) return refuse("conflict");
      throw error;
    }
  }
  const head = await bucket.get(mediaKey, { range: { offset: 0, length: RECORDING.headBytes } });
  if (head === null) return refuse("not_found");
  if (head.size !== sizeOf(parts) || !(await isOfFormat(new Uint8Array(await head.arrayBuffer()), format))) {
    await bucket.delete(mediaKey);
    return refuse("unsupported_media_type");
  }
  return ok({ fileSize: head.size });
}

/** 10025, a part is not the one that was named; 10048, parts are not of one size. */
function isWrongPart(error: unknown): boolean {
  return error instanceof Error && /\((?:10025|10048|10011)\)/.test(error.message);
}
