/** `/v1/sessions/{id}/recordings*`: sent in parts by whoever recorded, fetched by those who were in the call. */
import { type Context, Hono } from "hono";
import { completeRecordingRequest, createRecordingRequest } from "../../schema/api/sessions.ts";
import type { Answer, StoredRecording } from "../../schema/rpc.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { sha256 } from "../http/digest.ts";
import { answerAgain, findAnswer, KEY_KEPT_MS, keepAnswer, storedKey, takesKey } from "../http/idempotency.ts";
import { body, limitBody, pathIds } from "../http/input.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { rarely } from "../http/rates.ts";
import { withSession } from "../planned-sessions/objects.ts";
import { BodyReader, declaredLength } from "../stored-media/body.ts";
import { removeRecording } from "../stored-media/recordings.ts";
import { serveFile } from "../stored-media/serving.ts";
import { beginUpload, isOfFormat, joinParts, storePart } from "./recording-files.ts";
import {
  contentTypeOf,
  expiryOf,
  formatOf,
  partProblems,
  RECORDING,
  recordingAnswer,
  recordingName,
  UPLOAD_MS,
} from "./recording-rules.ts";

export const recordings = new Hono<HttpEnv>();
// Those of `/:id/recordings` itself as well.
recordings.use("/:id/recordings/*", authenticated);

recordings.post(
  "/:id/recordings",
  limitBody,
  pathIds("id"),
  body(createRecordingRequest),
  takesKey,
  rarely("media"),
  async (c) => {
    const { id: sessionId } = c.req.valid("param");
    const { userId } = c.var.caller;
    const { contentType } = c.req.valid("json");
    const format = formatOf(contentType);
    if (format === null) return refuseWith(c, "unsupported_media_type");
    const key = storedKey(c, `POST /v1/sessions/${sessionId}/recordings`);
    const bodyHash = await sha256(contentType);
    const known = key && (await findAnswer(c.env.DB, key, Date.now()));
    if (known) return answerAgain(c, known, bodyHash);

    // Nobody makes uploads in a session that they are not in.
    const view = await withSession(c.env, sessionId, (session) => session.describe(userId));
    if (!view.ok) return refuseWith(c, view.error);
    const upload = await beginUpload(c.env.MEDIA, userId, format);
    const expiresAt = Date.now() + UPLOAD_MS;
    const begun = await withSession(c.env, sessionId, (one) =>
      one.beginRecording(userId, { ...upload, format, expiresAt }),
    );
    if (!begun.ok) {
      await removeRecording(c.env.MEDIA, upload);
      return refuseWith(c, begun.error);
    }
    const { partBytes: partSize, maxParts } = RECORDING;
    const answer = { ...recordingAnswer(sessionId, begun.value), partSize, maxParts };
    const now = Date.now();
    const toKeep = { bodyHash, answer: JSON.stringify(answer), userId, expiresAt: now + KEY_KEPT_MS };
    const sooner = key === null ? null : await keepAnswer(c.env.DB, { key, ...toKeep }, now);
    if (sooner === null) return c.json(answer, 201);
    await remove(c.env, sessionId, begun.value);
    return answerAgain(c, sooner, bodyHash);
  },
);

recordings.get("/:id/recordings", pathIds("id"), async (c) => {
  const { id } = c.req.valid("param");
  const found = await withSession(c.env, id, (session) => session.recordings(c.var.caller.userId));
  if (!found.ok) return refuseWith(c, found.error);
  return c.json({ items: found.value.map((one) => recordingAnswer(id, one)), nextCursor: null });
});

recordings.put("/:id/recordings/:number/parts/:part", pathIds("id", "number", "part"), async (c) => {
  const { id, number, part } = c.req.valid("param");
  const { userId } = c.var.caller;
  const { partBytes, maxParts } = RECORDING;
  if (part > maxParts) return refuseWith(c, "too_large");
  const declared = declaredLength(c.req.header("content-length"));
  if (declared === "invalid") return refuseField(c, "Content-Length", "is not a number of bytes");
  if (declared !== null && declared > partBytes) return refuseWith(c, "too_large");
  const upload = await findUpload(c, id, number);
  if (!upload.ok) return refuseWith(c, upload.error);

  const bytes = await bytesOf(c.req.raw);
  if (bytes === null) return refuseWith(c, "too_large");
  if (bytes.length === 0) return refuseField(c, "", "is empty");
  if (declared !== null && bytes.length !== declared)
    return refuseField(c, "", "is not as long as Content-Length says");
  if (part === 1 && !(await isOfFormat(bytes, upload.value.format))) return refuseWith(c, "unsupported_media_type");
  const stored = await storePart(c.env.MEDIA, upload.value, part, bytes);
  if (stored === null) return refuseWith(c, "not_found");
  const kept = await withSession(c.env, id, (session) => session.keepRecordingPart(userId, number, stored));
  return kept.ok ? c.json(stored) : refuseWith(c, kept.error === "gone" ? "not_found" : kept.error);
});

/** A part is held whole while it is sent on: only then is it known to be one. */
async function bytesOf(request: Request): Promise<Uint8Array | null> {
  const reader = new BodyReader(request.body);
  try {
    return await reader.whole(RECORDING.partBytes);
  } finally {
    await reader.cancel();
  }
}

recordings.get("/:id/recordings/:number/upload", pathIds("id", "number"), async (c) => {
  const { id, number } = c.req.valid("param");
  const upload = await findUpload(c, id, number);
  if (!upload.ok) return refuseWith(c, upload.error);
  const parts = upload.value.parts.toSorted((a, b) => a.number - b.number);
  return c.json({ ...recordingAnswer(id, upload.value), partSize: RECORDING.partBytes, parts });
});

recordings.post(
  "/:id/recordings/:number/complete",
  limitBody,
  pathIds("id", "number"),
  body(completeRecordingRequest),
  async (c) => {
    const { id, number } = c.req.valid("param");
    const { userId } = c.var.caller;
    const { duration, quality = null } = c.req.valid("json");
    const upload = await findUpload(c, id, number);
    if (!upload.ok) {
      const completed = await findRecording(c, id, number);
      const isOwn = completed.ok && completed.value.recordedByUserId === userId;
      return isOwn ? c.json(recordingAnswer(id, completed.value)) : refuseWith(c, upload.error);
    }
    const problems = partProblems(upload.value.parts);
    if (problems.length > 0) return refuseWith(c, "conflict", { errors: problems });
    const joined = await joinParts(c.env.MEDIA, upload.value);
    if (!joined.ok) return refuseWith(c, joined.error);
    const expiresAt = expiryOf(c.env.RECORDING_DAYS, Date.now());
    const file = { ...joined.value, duration, quality, expiresAt };
    const completed = await withSession(c.env, id, (session) => session.completeRecording(userId, number, file));
    return completed.ok ? c.json(recordingAnswer(id, completed.value)) : refuseWith(c, completed.error);
  },
);

recordings.get("/:id/recordings/:number/content", pathIds("id", "number"), async (c) => {
  const { id, number } = c.req.valid("param");
  const found = await findRecording(c, id, number);
  if (!found.ok) return refuseWith(c, found.error);
  const { mediaKey: key, format, fileSize, expiresAt } = found.value;
  if (expiresAt !== null && expiresAt <= Date.now()) return refuseWith(c, "not_found");
  const file = {
    key,
    contentType: contentTypeOf(format),
    sizeBytes: fileSize ?? 0,
    fileName: recordingName(id, found.value),
  };
  return serveFile(c, file, `"${key.split("/").at(-1)}"`);
});

recordings.delete("/:id/recordings/:number", pathIds("id", "number"), async (c) => {
  const { id, number } = c.req.valid("param");
  const { userId } = c.var.caller;
  const whole = await findRecording(c, id, number);
  if (!whole.ok && whole.error !== "not_found") return refuseWith(c, whole.error);
  // One that is not whole yet is its recorder's alone.
  const found = whole.ok ? whole : await findUpload(c, id, number);
  if (!found.ok) return refuseWith(c, found.error);
  const removed = await remove(c.env, id, found.value, userId);
  return removed.ok ? c.body(null, 204) : refuseWith(c, removed.error);
});

/** One that is still being sent, for who recorded it. */
async function findUpload(c: Context<HttpEnv>, sessionId: number, number: number): Promise<Answer<StoredRecording>> {
  const found = await withSession(c.env, sessionId, (session) => session.recordingUpload(c.var.caller.userId, number));
  // What was given up, and what is whole already, is no upload any more.
  return found.ok || found.error !== "gone" ? found : { ok: false, error: "not_found" };
}

/** One that is whole, for who was in the call. */
async function findRecording(c: Context<HttpEnv>, sessionId: number, number: number): Promise<Answer<StoredRecording>> {
  const found = await withSession(c.env, sessionId, (session) => session.recordings(c.var.caller.userId));
  if (!found.ok) return found;
  const recording = found.value.find((one) => one.number === number && one.isAvailable);
  return recording ? { ok: true, value: recording } : { ok: false, error: "not_found" };
}

/** The file first: cut off behind that, it can be asked for again; the other way around nobody would know of it. */
async function remove(
  env: Env,
  sessionId: number,
  recording: StoredRecording,
  callerId: number | null = null,
): Promise<Answer<StoredRecording>> {
  await removeRecording(env.MEDIA, recording);
  return withSession(env, sessionId, (session) => session.deleteRecording(callerId, recording.number));
}
