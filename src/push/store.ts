/** The rows of `push_subscriptions`. Each is of a device that is signed in: it goes with it (src/devices). */
import { PUSH_LIMITS } from "../../schema/api/push.ts";

export interface NewSubscription {
  readonly userId: number;
  readonly deviceId: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly userAgent: string | null;
  readonly now: number;
}

export interface StoredSubscription {
  readonly id: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Not for a device that was ended since the request was let in, nor for somebody whose account was closed. */
const SUBSCRIBE = `
  INSERT INTO push_subscriptions
    (user_id, device_id, endpoint, p256dh_key, auth_key, user_agent, created_at, updated_at)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7
  FROM user_sessions AS device JOIN users ON users.id = device.user_id
  WHERE device.device_id = ?2 AND device.user_id = ?1 AND device.is_active = 1 AND users.is_active = 1
  ON CONFLICT (endpoint) DO UPDATE SET
    created_at = CASE WHEN user_id = excluded.user_id THEN created_at ELSE excluded.created_at END,
    user_id = excluded.user_id, device_id = excluded.device_id, p256dh_key = excluded.p256dh_key,
    auth_key = excluded.auth_key, user_agent = excluded.user_agent, is_active = 1, updated_at = excluded.updated_at
  RETURNING id, created_at AS createdAt, updated_at AS updatedAt`;

/** Those that were not sent here for longest. */
const FORGET_SURPLUS = `
  DELETE FROM push_subscriptions WHERE id IN (
    SELECT id FROM push_subscriptions WHERE user_id = ?1 ORDER BY updated_at DESC, id DESC LIMIT -1 OFFSET ?2)`;

/**
 * A browser has one endpoint, whoever is signed in there: it is whose it was last. Null where the device, or the account,
 * has ended.
 */
export async function subscribe(
  database: D1Database,
  { userId, deviceId, endpoint, p256dh, auth, userAgent, now }: NewSubscription,
): Promise<StoredSubscription | null> {
  const [subscribed] = await database.batch<StoredSubscription>([
    database.prepare(SUBSCRIBE).bind(userId, deviceId, endpoint, p256dh, auth, userAgent, now),
    database.prepare(FORGET_SURPLUS).bind(userId, PUSH_LIMITS.subscriptionsPerUser),
  ]);
  return subscribed?.results[0] ?? null;
}

export async function unsubscribe(database: D1Database, userId: number, endpoint: string): Promise<void> {
  await database
    .prepare("DELETE FROM push_subscriptions WHERE endpoint = ? AND user_id = ?")
    .bind(endpoint, userId)
    .run();
}

/** Where a push goes. */
export interface Target {
  readonly id: number;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

const TARGETS = `
  SELECT push_subscriptions.id, endpoint, p256dh_key AS p256dh, auth_key AS auth
  FROM push_subscriptions JOIN user_sessions AS device ON device.device_id = push_subscriptions.device_id
  WHERE push_subscriptions.user_id = ?1 AND push_subscriptions.is_active = 1 AND device.is_active = 1 AND device.expires_at > ?2`;

/** Of the devices that are signed in, without those named. */
export async function targetsOf(
  database: D1Database,
  { userId, exceptDeviceIds, now }: { userId: number; exceptDeviceIds: readonly string[]; now: number },
): Promise<Target[]> {
  const { results } = await database
    .prepare(
      `${TARGETS} AND push_subscriptions.device_id NOT IN (SELECT value FROM json_each(?3)) ORDER BY push_subscriptions.id`,
    )
    .bind(userId, now, JSON.stringify(exceptDeviceIds))
    .all<Target>();
  return results;
}

/** Null where it has gone, or is somebody else's by now. */
export function targetWith(
  database: D1Database,
  { userId, subscriptionId, now }: { userId: number; subscriptionId: number; now: number },
): Promise<Target | null> {
  return database
    .prepare(`${TARGETS} AND push_subscriptions.id = ?3`)
    .bind(userId, now, subscriptionId)
    .first<Target>();
}

/** Unless the browser has sent it again with other keys. */
export async function forgetGone(database: D1Database, { id, endpoint, auth }: Target): Promise<void> {
  await database
    .prepare("DELETE FROM push_subscriptions WHERE id = ? AND endpoint = ? AND auth_key = ?")
    .bind(id, endpoint, auth)
    .run();
}
