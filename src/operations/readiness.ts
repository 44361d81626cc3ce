/** Asks everything a request may need for a sign of life. */
import { roomObjectNamed } from "../../objects/chat-room/address.ts";
import { logError } from "../../objects/kernel/log.ts";

const CHECKS: Readonly<Record<string, (env: Env) => Promise<unknown>>> = {
  d1: (env) => env.DB.prepare("SELECT 1").run(),
  kv: (env) => env.CACHE.get("readyz"),
  r2: (env) => env.MEDIA.head("readyz"),
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
