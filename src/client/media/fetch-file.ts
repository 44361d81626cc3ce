import { type StudyMateClient, StudyMateError } from "../index.ts";

export interface FetchFileOptions {
  /** Gives it up. Without one it is given up after ten minutes. */
  readonly signal?: AbortSignal;
}

/** Where files are: the token goes to no other address, whatever a message says. */
const MEDIA_PATH = "/v1/media/";
const DEADLINE_MS = 600_000;

/**
 * A file of a message (`fileUrl`) or of a person (`imageUrl`), fetched with your token. Rejects with `forbidden` where
 * you do not take part in its room any more, with `not_found` where it was deleted.
 *
 * ```ts
 * const picture = await (await fetchFile(client, message.fileUrl)).blob();
 * image.src = URL.createObjectURL(picture);
 * ```
 */
export async function fetchFile(
  client: StudyMateClient,
  fileUrl: string,
  { signal = AbortSignal.timeout(DEADLINE_MS) }: FetchFileOptions = {},
): Promise<Response> {
  if (!fileUrl.startsWith(MEDIA_PATH)) throw new StudyMateError("not_found", "This is not a file of the server.");
  return client.respond({ path: fileUrl, signal });
}
