/**
 * Large files go straight to R2, by an address that is signed for one size and one type, and into a place apart: what is
 * sent there again later, while the address still holds, changes nothing. `complete` looks at what came, and moves it.
 */
import { AwsClient } from "aws4fetch";
import { ok, type Result, refuse } from "../../schema/result.ts";
import { findAnnounced, findFile, markStored, type StoredFile } from "../stored-media/store.ts";
import { largeFileType } from "./rules.ts";
import { HEAD_BYTES, typeOf } from "./upload.ts";

export const PRESIGNED_SECONDS = 15 * 60;

interface Storage {
  readonly endpoint: string;
  readonly client: AwsClient;
}

/** Null where the service runs without R2's S3 interface. */
export function storageOf({ R2_ENDPOINT, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY }: Env): Storage | null {
  if (!R2_ENDPOINT || !R2_ACCESS_KEY_ID || !R2_SECRET_ACCESS_KEY) return null;
  const keys = { accessKeyId: R2_ACCESS_KEY_ID, secretAccessKey: R2_SECRET_ACCESS_KEY };
  return { endpoint: R2_ENDPOINT, client: new AwsClient({ ...keys, service: "s3", region: "auto" }) };
}

const incoming = (key: string) => `incoming/${key}`;

export async function presign(
  { endpoint, client }: Storage,
  { key, contentType, sizeBytes }: StoredFile,
): Promise<{ uploadUrl: string; headers: Record<string, string> }> {
  const address = `${endpoint}/${incoming(key)}?X-Amz-Expires=${PRESIGNED_SECONDS}`;
  const headers = { "content-type": contentType, "content-length": String(sizeBytes) };
  const signed = await client.sign(address, { method: "PUT", headers, aws: { signQuery: true, allHeaders: true } });
  return { uploadUrl: signed.url, headers };
}

type Refusal = "not_found" | "conflict" | "unsupported_media_type";

/** Of one that was completed before, or at the same moment, the same answer again. */
export async function complete(env: Env, key: string, ownerId: number): Promise<Result<StoredFile, Refusal>> {
  const completedOr = async (refusal: Refusal) => {
    const stored = await findFile(env.DB, key);
    return stored?.ownerId === ownerId ? ok(stored) : refuse(refusal);
  };
  const notAsAnnounced = async (): Promise<Result<StoredFile, Refusal>> => {
    await env.MEDIA.delete(incoming(key));
    return refuse("unsupported_media_type");
  };
  const file = await findAnnounced(env.DB, key, ownerId);
  if (file === null) return completedOr("not_found");
  const sent = await env.MEDIA.head(incoming(key));
  if (sent === null) return completedOr("conflict");
  if (sent.size !== file.sizeBytes) return notAsAnnounced();
  // All of it of the file that was looked at, should another come meanwhile.
  const onlyIf = { etagMatches: sent.etag };
  const head = await bodyOf(env, key, { onlyIf, range: { offset: 0, length: HEAD_BYTES } });
  if (head === null) return completedOr("conflict");
  if (!(await isOfItsType(file, new Uint8Array(await head.arrayBuffer())))) return notAsAnnounced();
  const whole = await bodyOf(env, key, { onlyIf });
  if (whole === null) return completedOr("conflict");
  // What is under a key never changes: who comes second leaves it as it is.
  const httpMetadata = { contentType: file.contentType };
  await env.MEDIA.put(key, whole.body, { httpMetadata, onlyIf: { etagDoesNotMatch: "*" } });
  const isStored = await markStored(env.DB, key);
  const outcome = isStored ? ok(file) : await completedOr("not_found");
  // Last: cut off before, it can be completed again.
  await env.MEDIA.delete(outcome.ok ? [incoming(key)] : [key, incoming(key)]);
  return outcome;
}

async function bodyOf(env: Env, key: string, options: R2GetOptions & { onlyIf: R2Conditional }) {
  const found = await env.MEDIA.get(incoming(key), options);
  return found !== null && "body" in found ? found : null;
}

async function isOfItsType({ purpose, contentType }: StoredFile, head: Uint8Array): Promise<boolean> {
  const type = await typeOf(purpose, head);
  return type !== null && type === largeFileType(contentType);
}
