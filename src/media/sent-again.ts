/** Uploads that carry an `Idempotency-Key`: what a file is told by, and what is answered to one that was sent before. */
import { createHash, type Hash } from "node:crypto";
import type { Context } from "hono";
import type { HttpEnv } from "../http/context.ts";
import { answerAgain, keepAnswer } from "../http/idempotency.ts";
import { BodyReader } from "../stored-media/body.ts";
import { removeFiles } from "../stored-media/store.ts";

/** Of a file and of what is asked with it; its bytes are still to come. */
export function hashOf(asked: readonly unknown[]): Hash {
  return createHash("sha256").update(JSON.stringify(asked));
}

/** Of the body as well; null where it is more than was taken before. */
export async function hashWithBody(
  hash: Hash,
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<string | null> {
  const reader = new BodyReader(body, hash);
  try {
    return (await reader.whole(maxBytes)) === null ? null : hash.digest("hex");
  } finally {
    await reader.cancel();
  }
}

export interface Made {
  /** Null: the request has none, and is answered for itself. */
  readonly key: string | null;
  readonly bodyHash: () => string;
  /** Of the file that was made for it. */
  readonly fileKey: string;
  readonly answer: object;
  readonly keptMs: number;
}

/** Of two at the same moment both are answered with the file of the one that was kept first; the other's goes. */
export async function answerOnce(
  c: Context<HttpEnv>,
  { key, bodyHash, fileKey, answer, keptMs }: Made,
): Promise<Response> {
  const now = Date.now();
  if (key !== null) {
    const toKeep = { key, bodyHash: bodyHash(), answer: JSON.stringify(answer), userId: c.var.caller.userId };
    const sooner = await keepAnswer(c.env.DB, { ...toKeep, expiresAt: now + keptMs }, now);
    if (sooner !== null) {
      await removeFiles(c.env, [fileKey]);
      return answerAgain(c, sooner, toKeep.bodyHash);
    }
  }
  return c.json(answer, 201);
}
