/**
 * Devices that were ended while access tokens of theirs may still be about, remembered in KV for as long as those can
 * live. KV tells of an end within about a minute, everywhere; it never vouches for a device, and where it does not answer
 * a token is good until it expires.
 */
import { inTime } from "./in-time.ts";
import { logError } from "./log.ts";

/** A little longer than an access token lives. KV takes no less than a minute. */
const REMEMBERED_SECONDS = 16 * 60;
/** How long a place that asked may go on with the answer that it got. */
const KV_CACHE_SECONDS = 60;
/** How long a device that was not ended is not asked for again, in one isolate. */
const ASKED_MS = 30_000;
const MAX_ASKED = 10_000;
/** How long anybody waits to be told. */
const PATIENCE_MS = 1_000;

/** When it was last asked for; `ended`: not to be asked for again. */
const asked = new Map<string, number | "ended">();

function keyOf(deviceId: string): string {
  return `session:${deviceId}`;
}

export async function rememberEnded(cache: KVNamespace, userId: number, deviceIds: readonly string[]): Promise<void> {
  for (const deviceId of deviceIds) note(deviceId, "ended");
  const value = JSON.stringify({ userId, revoked: true });
  const outcomes = await Promise.allSettled(
    deviceIds.map((deviceId) => cache.put(keyOf(deviceId), value, { expirationTtl: REMEMBERED_SECONDS })),
  );
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") logError({ event: "device.end-not-remembered" }, outcome.reason);
  }
}

export async function hasEnded(cache: KVNamespace, deviceId: string, now = Date.now()): Promise<boolean> {
  const known = asked.get(deviceId);
  if (known === "ended") return true;
  if (known !== undefined && now - known < ASKED_MS) return false;
  try {
    const ended = (await inTime(PATIENCE_MS, cache.get(keyOf(deviceId), { cacheTtl: KV_CACHE_SECONDS }))) !== null;
    note(deviceId, ended ? "ended" : now);
    return ended;
  } catch (error) {
    logError({ event: "device.end-not-known" }, error);
    return false;
  }
}

function note(deviceId: string, what: number | "ended"): void {
  if (asked.size >= MAX_ASKED) asked.clear();
  // An end that came while KV was asked stands.
  if (asked.get(deviceId) !== "ended") asked.set(deviceId, what);
}
