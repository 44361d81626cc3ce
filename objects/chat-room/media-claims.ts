/**
 * What a room knows of an uploaded file without asking anybody: the Worker signs it into the address that the uploader
 * gets, and the uploader sends that address as `fileUrl`. The check is synchronous, as every decision of a room is.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { mediaPurpose } from "../../schema/api/media.ts";
import { type MediaClaim, mediaKey, mediaUrl } from "../../schema/media.ts";

const CLAIMED_KEY = /^((?:message|voice)\/([1-9]\d{0,15})\/[\w-]{22})\?claim=([\w-]{1,900})\.([\w-]{43})$/;

const signedFields = z.tuple([
  z.int(),
  z.int(),
  mediaPurpose,
  z.string(),
  z.int(),
  z.int().nullable(),
  z.int().nullable(),
  z.string().nullable(),
  /** Of a voice whose length is known; nothing stands here otherwise, nor does in claims signed before there were lengths. */
  z.int().optional(),
]);

export interface ClaimSecrets {
  readonly AUTH_SECRET: string;
  readonly AUTH_SECRET_PREVIOUS?: string;
}

export function claimedUrl({ file, roomId, until }: MediaClaim, { AUTH_SECRET }: ClaimSecrets): string {
  const { key, purpose, contentType, sizeBytes, width, height, fileName, durationMs } = file;
  const fields: z.infer<typeof signedFields> = [
    roomId,
    until,
    purpose,
    contentType,
    sizeBytes,
    width,
    height,
    fileName,
    ...(durationMs === null ? ([] as const) : ([durationMs] as const)),
  ];
  const said = Buffer.from(JSON.stringify(fields)).toString("base64url");
  return `${mediaUrl(key)}?claim=${said}.${sign(AUTH_SECRET, key, said).toString("base64url")}`;
}

/** Null for an address that we did not sign. */
export function readClaim(url: string, { AUTH_SECRET, AUTH_SECRET_PREVIOUS = "" }: ClaimSecrets): MediaClaim | null {
  const [, key, owner, said, signature] = CLAIMED_KEY.exec(mediaKey(url) ?? "") ?? [];
  if (key === undefined || said === undefined || signature === undefined) return null;
  const given = Buffer.from(signature, "base64url");
  const secrets = AUTH_SECRET_PREVIOUS === "" ? [AUTH_SECRET] : [AUTH_SECRET, AUTH_SECRET_PREVIOUS];
  if (!secrets.some((secret) => timingSafeEqual(sign(secret, key, said), given))) return null;
  const fields = signedFields.parse(JSON.parse(Buffer.from(said, "base64url").toString("utf8")));
  const [roomId, until, purpose, contentType, sizeBytes, width, height, fileName, durationMs = null] = fields;
  const file = { key, ownerId: Number(owner), purpose, contentType, sizeBytes, width, height, durationMs, fileName };
  return { file, roomId, until };
}

/** No token is signed over text with a line break in it: one never passes for the other. */
function sign(secret: string, key: string, said: string): Buffer {
  return createHmac("sha256", secret).update(`media\n${key}\n${said}`).digest();
}
