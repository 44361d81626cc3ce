/** Asks everything a request may need for a sign of life. */
import { roomObjectNamed } from "../../objects/chat-room/address.ts";
import { logError } from "../../objects/kernel/log.ts";

const MIN_SECRET_BYTES = 32;

const CHECKS: Readonly<Record<string, (env: Env) => Promise<unknown>>> = {
  d1: (env) => env.DB.prepare("SELECT 1").run(),
  kv: (env) => env.CACHE.get("readyz"),
  r2: (env) => env.MEDIA.head("readyz"),
  // It cannot be read once it is set, only asked whether it is long enough.
  auth_secret: async (env) => {
    if (new TextEncoder().encode(env.AUTH_SECRET).length < MIN_SECRET_BYTES)
      throw new Error("AUTH_SECRET is too short");
  },
  // The object of no room: it answers `not_found` and stays empty.
  object: (env) => roomObjectNamed(env, "readyz").describe(1),
};

/** The names of what did not answer. */
export async function findUnready(env: Env, requestId: string): Promise<string[]> {
  const failed = await Promise.all(
    Object.entries(CHECKS).map(async ([name, check]) => {
      try {
        await check(env);
        return null;
      } catch (error) {
        logError({ event: "readiness.failed", requestId, dependency: name }, error);
        return name;
      }
    }),
  );
  return failed.filter((name) => name !== null);
}
