/**
 * `Idempotency-Key` on requests that make something: sent again with the same body, one is answered with what the first made.
 * Key and answer are written in one statement, after what was made: nobody waits for one who was cut off before, and of two
 * at the same moment the one who comes second takes its own back. Keys are apart by person and by route.
 */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "./context.ts";
import { refuseField, refuseWith } from "./problems.ts";

/** How long a request may be sent again. */
export const KEY_KEPT_MS = 24 * 60 * 60_000;

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Reads the key into `c.var.idempotencyKey`. */
export const takesKey = createMiddleware<HttpEnv>(async (c, next) => {
  const key = c.req.header("idempotency-key");
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
    return refuseField(c, "Idempotency-Key", "1 to 255 visible ASCII characters");
  }
  c.set("idempotencyKey", key);
  return next();
});

/** The request as `idempotency_keys` names it; null where it has no key. Behind `takesKey`. */
export function storedKey(c: Context<HttpEnv>, route: string): string | null {
  const { idempotencyKey, caller } = c.var;
  return idempotencyKey === undefined ? null : `${caller.userId}:${route}:${idempotencyKey}`;
}

export interface KeptAnswer {
  readonly key: string;
  /** Of the body that the answer is to. */
  readonly bodyHash: string;
  /** JSON. */
  readonly answer: string;
}

const FIND = `SELECT key, body_hash AS bodyHash, answer FROM idempotency_keys
  WHERE key = ?1 AND expires_at > ?2 AND answer IS NOT NULL`;

export function findAnswer(database: D1Database, key: string, now: number): Promise<KeptAnswer | null> {
  return database.prepare(FIND).bind(key, now).first<KeptAnswer>();
}

/** Nothing for somebody who is not there any more: what was theirs is being removed. */
const KEEP = `
  INSERT INTO idempotency_keys (key, body_hash, status, answer, expires_at)
  SELECT ?1, ?3, 201, ?4, ?5 FROM users WHERE id = ?6 AND is_active = 1
  ON CONFLICT (key) DO UPDATE SET body_hash = excluded.body_hash, answer = excluded.answer, expires_at = excluded.expires_at
    WHERE idempotency_keys.expires_at <= ?2 OR idempotency_keys.answer IS NULL`;

export interface AnswerToKeep extends KeptAnswer {
  readonly userId: number;
  readonly expiresAt: number;
}

/** Null if it is kept; else the answer that somebody else's was sooner with, under the same key. */
export async function keepAnswer(
  database: D1Database,
  { key, bodyHash, answer, userId, expiresAt }: AnswerToKeep,
  now: number,
): Promise<KeptAnswer | null> {
  const [kept, found] = await database.batch<KeptAnswer>([
    database.prepare(KEEP).bind(key, now, bodyHash, answer, expiresAt, userId),
    database.prepare(FIND).bind(key, now),
  ]);
  return (kept?.meta.changes ?? 0) > 0 ? null : (found?.results[0] ?? null);
}

export function answerAgain(c: Context<HttpEnv>, kept: KeptAnswer, bodyHash: string | null): Response {
  return kept.bodyHash === bodyHash ? c.json(JSON.parse(kept.answer)) : refuseWith(c, "conflict");
}
