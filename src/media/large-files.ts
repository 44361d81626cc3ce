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

async function isOfItsType(env: Env, { key, purpose, contentType }: StoredFile, etag: string): Promise<boolean> {
  const range = { offset: 0, length: HEAD_BYTES };
  const head = await env.MEDIA.get(incoming(key), { range, onlyIf: { etagMatches: etag } });
  if (head === null || !("body" in head)) return false;
  const type = await typeOf(purpose, new Uint8Array(await head.arrayBuffer()));
  return type !== null && type === largeFileType(contentType);
}

type Refusal = "not_found" | "conflict" | "unsupported_media_type";

/** Of one that was completed before, the same answer again. */
export async function complete(env: Env, key: string, ownerId: number): Promise<Result<StoredFile, Refusal>> {
  const file = await findAnnounced(env.DB, key, ownerId);
  if (file === null) {
    const stored = await findFile(env.DB, key);
    return stored?.ownerId === ownerId ? ok(stored) : refuse("not_found");
  }
  const sent = await env.MEDIA.head(incoming(key));
  if (sent === null) return refuse("conflict");
  if (sent.size !== file.sizeBytes || !(await isOfItsType(env, file, sent.etag))) {
    await env.MEDIA.delete(incoming(key));
    return refuse("unsupported_media_type");
  }
  // The file that was looked at, should another come meanwhile.
  const whole = await env.MEDIA.get(incoming(key), { onlyIf: { etagMatches: sent.etag } });
  if (whole === null || !("body" in whole)) return refuse("conflict");
  await env.MEDIA.put(key, whole.body, { httpMetadata: { contentType: file.contentType } });
  await env.MEDIA.delete(incoming(key));
  if (await markStored(env.DB, key)) return ok(file);
  const stored = await findFile(env.DB, key);
  return stored === null ? refuse("not_found") : ok(stored);
}
