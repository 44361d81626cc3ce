/**
 * Public profiles in KV, for a minute. What must not be old is asked of the database each time (is the person there, may
 * this viewer see them, which version holds); a copy counts only where it is of that version. So nothing has to be
 * invalidated, and who does not exist is not remembered. KV being away costs a read of the database.
 */
import { inTime } from "../../objects/kernel/in-time.ts";
import { logError } from "../../objects/kernel/log.ts";
import type { PublicProfile } from "../../schema/api/people.ts";
import { ageOn } from "../people/rules.ts";
import { findStanding, readProfile, type StoredProfile } from "./store.ts";

/** The shortest that KV keeps anything. */
const KEPT_SECONDS = 60;
/** How long KV has to answer. */
const PATIENCE_MS = 1_000;

export interface ProfileRequest {
  readonly userId: number;
  readonly viewerId: number;
  readonly requestId: string;
}

/** Null where there is nobody whom this viewer may see. */
export async function publicProfileFor(env: Env, request: ProfileRequest): Promise<PublicProfile | null> {
  const { userId, viewerId } = request;
  const standing = await findStanding(env.DB, userId, viewerId);
  if (!standing?.isVisible) return null;
  const copy = await cachedProfile(env, request);
  const stored = copy?.version === standing.version ? copy : await readProfile(env.DB, userId);
  if (stored === null) return null;
  if (stored !== copy) await cacheProfile(env, request, stored);
  const { birthDate, profileImageUrl } = standing;
  return { ...stored.profile, profileImageUrl, age: ageOn(birthDate, new Date()) };
}

export function profileKey(userId: number): string {
  return `profile:${userId}`;
}

async function cachedProfile(env: Env, { userId, requestId }: ProfileRequest): Promise<StoredProfile | null> {
  try {
    return await inTime(PATIENCE_MS, env.CACHE.get<StoredProfile>(profileKey(userId), "json"));
  } catch (error) {
    logError({ event: "profile-cache.not-read", requestId }, error);
    return null;
  }
}

async function cacheProfile(env: Env, { userId, requestId }: ProfileRequest, stored: StoredProfile): Promise<void> {
  try {
    const put = env.CACHE.put(profileKey(userId), JSON.stringify(stored), { expirationTtl: KEPT_SECONDS });
    await inTime(PATIENCE_MS, put);
  } catch (error) {
    logError({ event: "profile-cache.not-written", requestId }, error);
  }
}
