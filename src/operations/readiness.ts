/** Asks everything a request may need for a sign of life. */
import { roomObjectNamed } from "../../objects/chat-room/address.ts";
import { searchDatabase } from "../../objects/chat-room/database.ts";
import { inTime } from "../../objects/kernel/in-time.ts";
import { logError } from "../../objects/kernel/log.ts";

const MIN_SECRET_BYTES = 32;
const LONGEST_ANSWER_MS = 3_000;

const CHECKS: Readonly<Record<string, (env: Env) => Promise<unknown>>> = {
  d1: (env) => env.DB.prepare("SELECT 1").run(),
  kv: (env) => env.CACHE.get("readyz"),
  r2: (env) => env.MEDIA.head("readyz"),
  // They cannot be read once they are set, only asked whether they are long enough.
  auth_secret: async (env) => refuseShort("AUTH_SECRET", env.AUTH_SECRET),
  auth_secret_previous: async (env) => {
    if (env.AUTH_SECRET_PREVIOUS) refuseShort("AUTH_SECRET_PREVIOUS", env.AUTH_SECRET_PREVIOUS);
  },
  // The object of no room: it answers `not_found` and stays empty.
  object: (env) => roomObjectNamed(env, "readyz").describe(1),
};

/** Without these, all else goes on. */
const EXTRA_CHECKS: typeof CHECKS = {
  search: async (env) => searchDatabase(env)?.prepare("SELECT 1 FROM message_index LIMIT 0").run(),
};

function refuseShort(name: string, secret: string): void {
  if (new TextEncoder().encode(secret).length < MIN_SECRET_BYTES) throw new Error(`${name} is too short`);
}

export interface Readiness {
  /** The names of what did not answer and is needed. */
  readonly unready: readonly string[];
  readonly degraded: readonly string[];
}

export async function findUnready(env: Env, requestId: string): Promise<Readiness> {
  const [unready, degraded] = await Promise.all(
    [CHECKS, EXTRA_CHECKS].map((checks) => failedChecks(checks, env, requestId)),
  );
  return { unready: unready ?? [], degraded: degraded ?? [] };
}

async function failedChecks(checks: typeof CHECKS, env: Env, requestId: string): Promise<string[]> {
  const failed = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        // What hangs must not make everything else look dead.
        await inTime(LONGEST_ANSWER_MS, check(env));
        return null;
      } catch (error) {
        logError({ event: "readiness.failed", requestId, dependency: name }, error);
        return name;
      }
    }),
  );
  return failed.filter((name) => name !== null);
}
