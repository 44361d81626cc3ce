/** Recordings of calls in R2, as far as they go away: whole, or still on their way. */
import type { StoredRecording } from "../../schema/rpc.ts";

/** Also what is half there. */
export async function removeRecording(
  bucket: R2Bucket,
  { mediaKey, uploadId }: Pick<StoredRecording, "mediaKey" | "uploadId">,
): Promise<void> {
  if (uploadId !== null) {
    await bucket
      .resumeMultipartUpload(mediaKey, uploadId)
      .abort()
      .catch((error: unknown) => {
        if (!isUnknownUpload(error)) throw error;
      });
  }
  await bucket.delete(mediaKey);
}

/** R2 says so by a number: 10024, no such upload. */
export function isUnknownUpload(error: unknown): boolean {
  return error instanceof Error && /\(10024\)/.test(error.message);
}
