/** `/v1/media`: files in and out. Seen by those who may see what they belong to, asked anew each time. */
import { Hono } from "hono";
import { roomObject } from "../../objects/chat-room/address.ts";
import { claimedUrl } from "../../objects/chat-room/media-claims.ts";
import {
  type MediaAnswer,
  mediaPurpose,
  type PresignAnswer,
  presignRequest,
  uploadQuery,
} from "../../schema/api/media.ts";
import { MEDIA_BYTES, mediaUrl } from "../../schema/media.ts";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { answerAgain, findAnswer, KEY_KEPT_MS, storedKey, takesKey } from "../http/idempotency.ts";
import { body, limitBody, query } from "../http/input.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { rarely } from "../http/rates.ts";
import { declaredLength } from "../stored-media/body.ts";
import { serveFile } from "../stored-media/serving.ts";
import { announceFile, findFile, type StoredFile } from "../stored-media/store.ts";
import { complete, PRESIGNED_SECONDS, presign, storageOf } from "./large-files.ts";
import { cleanFileName, largeFileType, MEDIA_LIMITS } from "./rules.ts";
import { answerOnce, hashOf, hashWithBody } from "./sent-again.ts";
import { randomName, takeIn } from "./upload.ts";

/** How long a file may be sent as a message. `sweep-media` waits longer. */
const CLAIM_MS = 24 * 60 * 60 * 1_000;

export const media = new Hono<HttpEnv>();
media.use(authenticated);

media.post("/", query(uploadQuery), takesKey, rarely("media"), async (c) => {
  const { userId } = c.var.caller;
  const { purpose, roomId, fileName, durationMs = null } = c.req.valid("query");
  if ((purpose === "avatar") !== (roomId === undefined)) {
    return refuseField(c, "roomId", purpose === "avatar" ? "an avatar belongs to no room" : "is needed");
  }
  if (roomId !== undefined) {
    const admitted = await roomObject(c.env, roomId).admit(userId);
    if (!admitted.ok) return refuseWith(c, admitted.error);
  }
  const declaredBytes = declaredLength(c.req.header("content-length"));
  if (declaredBytes === "invalid") return refuseField(c, "Content-Length", "is not a number of bytes");
  const key = storedKey(c, "POST /v1/media");
  const hash = hashOf([purpose, roomId, fileName, durationMs]);
  const known = key && (await findAnswer(c.env.DB, key, Date.now()));
  if (known) return answerAgain(c, known, await hashWithBody(hash, c.req.raw.body, MEDIA_LIMITS[purpose].maxBytes));
  const taken = await takeIn(c.env, {
    purpose,
    ownerId: userId,
    roomId: roomId ?? null,
    fileName,
    durationMs,
    body: c.req.raw.body,
    declaredBytes,
    hash: key === null ? null : hash,
  });
  if (!taken.ok) {
    const { code, message } = taken.error;
    if (message !== undefined) return refuseField(c, "", message);
    return refuseWith(c, code, code === "unauthorized" ? { headers: CHALLENGE } : {});
  }
  const answer = answerOf(taken.value, c.env);
  const bodyHash = () => hash.digest("hex");
  return answerOnce(c, { key, bodyHash, fileKey: taken.value.key, answer, keptMs: KEY_KEPT_MS });
});

media.post("/uploads", limitBody, body(presignRequest), takesKey, rarely("media"), async (c) => {
  const { userId } = c.var.caller;
  const { roomId, contentType, sizeBytes, fileName } = c.req.valid("json");
  const storage = storageOf(c.env);
  if (storage === null) return refuseWith(c, "not_found");
  const type = largeFileType(contentType);
  if (type === null) return refuseWith(c, "unsupported_media_type");
  if (sizeBytes > MEDIA_BYTES.large) return refuseWith(c, "too_large");
  const admitted = await roomObject(c.env, roomId).admit(userId);
  if (!admitted.ok) return refuseWith(c, admitted.error);
  const key = storedKey(c, "POST /v1/media/uploads");
  const bodyHash = hashOf([roomId, contentType, sizeBytes, fileName]).digest("hex");
  const known = key && (await findAnswer(c.env.DB, key, Date.now()));
  if (known) return answerAgain(c, known, bodyHash);
  const file: StoredFile = {
    key: `message/${userId}/${randomName()}`,
    ownerId: userId,
    purpose: "message",
    roomId,
    contentType,
    sizeBytes,
    width: null,
    height: null,
    durationMs: null,
    fileName: cleanFileName(fileName, type.extensions),
    createdAt: Date.now(),
  };
  const expiresAt = new Date(file.createdAt + PRESIGNED_SECONDS * 1_000).toISOString();
  const presigned = await presign(storage, file);
  if (!(await announceFile(c.env.DB, file))) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
  const answer: PresignAnswer = { key: file.key, ...presigned, expiresAt };
  // No longer than what is answered can be used.
  return answerOnce(c, { key, bodyHash: () => bodyHash, fileKey: file.key, answer, keptMs: PRESIGNED_SECONDS * 1_000 });
});

media.post("/:purpose/:ownerId/:name/complete", async (c) => {
  const key = keyOf(c.req.param());
  const completed = key === null ? null : await complete(c.env, key, c.var.caller.userId);
  if (completed === null) return refuseWith(c, "not_found");
  return completed.ok ? c.json(answerOf(completed.value, c.env)) : refuseWith(c, completed.error);
});

/** Null for what is no key of ours. */
function keyOf({ purpose, ownerId = "", name = "" }: Readonly<Record<string, string>>): string | null {
  const isKey = mediaPurpose.safeParse(purpose).success && /^[1-9]\d{0,15}$/.test(ownerId) && /^[\w-]{22}$/.test(name);
  return isKey ? `${purpose}/${ownerId}/${name}` : null;
}

function answerOf(file: StoredFile, env: Env): MediaAnswer {
  const { key, roomId, sizeBytes, contentType, width, height, durationMs, fileName } = file;
  const until = file.createdAt + CLAIM_MS;
  return {
    url: roomId === null ? mediaUrl(key) : claimedUrl({ file, roomId, until }, env),
    key,
    size: sizeBytes,
    contentType,
    ...(width !== null && { width }),
    ...(height !== null && { height }),
    ...(durationMs !== null && { durationMs }),
    ...(fileName !== null && { fileName }),
  };
}

media.get("/:purpose/:ownerId/:name", async (c) => {
  const key = keyOf(c.req.param());
  const file = key === null ? null : await findFile(c.env.DB, key);
  if (file === null) return refuseWith(c, "not_found");
  if (file.roomId !== null) {
    const admitted = await roomObject(c.env, file.roomId).admit(c.var.caller.userId);
    if (!admitted.ok) return refuseWith(c, admitted.error);
  }
  return serveFile(c, file, `"${c.req.param("name")}"`);
});
