/**
 * Devices and their refresh tokens in D1. A device is one row and one family of tokens, of which one at a time is unused.
 * A token is used by one conditional statement, in a batch with what follows from it: of many at once, one uses it.
 */

import type { Device } from "../../schema/api/auth.ts";
import { type Activity, activityStatement, originOf } from "../activity/store.ts";
import type { TokenStanding } from "./rules.ts";

export const REFRESH_TOKEN_MS = 30 * 24 * 60 * 60_000;

export interface NewDevice {
  readonly userId: number;
  readonly deviceId: string;
  /** Of its first refresh token. */
  readonly tokenHash: string;
  readonly now: number;
  readonly request: Request;
  /** What is written down of it. */
  readonly activity: Extract<Activity, "signed_in" | "signed_up">;
  readonly provider: string;
}

/** Of whoever is active no more the batch fails: its token finds no device. */
export function newDeviceStatements(database: D1Database, device: NewDevice): D1PreparedStatement[] {
  const { userId, deviceId, tokenHash, now, request, activity, provider } = device;
  const { ipAddress, userAgent } = originOf(request);
  const expiresAt = now + REFRESH_TOKEN_MS;
  return [
    database
      .prepare(
        `INSERT INTO user_sessions (user_id, session_token, device_id, ip_address, user_agent, expires_at, last_activity_at, created_at)
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?7 FROM users WHERE id = ?1 AND is_active = 1`,
      )
      .bind(userId, tokenHash, deviceId, ipAddress, userAgent, expiresAt, now),
    database
      .prepare("INSERT INTO refresh_tokens (user_id, device_id, token, expires_at, created_at) VALUES (?, ?, ?, ?, ?)")
      .bind(userId, deviceId, tokenHash, expiresAt, now),
    activityStatement(database, { userId, activity, details: { provider, deviceId }, request }),
  ];
}

/** Hashes of the token that was shown, and of the successors that it may have: one for each secret in use. */
export interface ShownToken {
  readonly hash: string;
  readonly successorHashes: readonly [present: string, previous: string];
}

const USE = `
  UPDATE refresh_tokens SET is_used = 1, used_at = ?2
  WHERE token = ?1 AND is_used = 0 AND expires_at > ?2 AND EXISTS (
    SELECT 1 FROM user_sessions AS device JOIN users ON users.id = device.user_id
    WHERE device.device_id = refresh_tokens.device_id AND device.is_active = 1 AND users.is_active = 1)`;

/** Only by who used it: the successor that another secret makes of a token used before must not come to be. */
const SUCCEED = `
  INSERT INTO refresh_tokens (user_id, device_id, token, expires_at, created_at)
  SELECT user_id, device_id, ?3, ?4, ?2 FROM refresh_tokens WHERE token = ?1 AND is_used = 1 AND used_at = ?2
    AND NOT EXISTS (SELECT 1 FROM refresh_tokens WHERE token = ?5)
  ON CONFLICT (token) DO NOTHING`;

const STANDING = `
  SELECT shown.user_id AS userId, shown.device_id AS deviceId, shown.is_used AS isUsed, shown.used_at AS usedAt,
    device.is_active AND users.is_active AND shown.expires_at > ?2 AS isLive, device.last_activity_at AS lastActivityAt,
    (SELECT json_object('hash', next.token, 'isUsed', next.is_used) FROM refresh_tokens AS next
      WHERE next.token IN (?3, ?4) AND next.device_id = shown.device_id) AS successor
  FROM refresh_tokens AS shown JOIN user_sessions AS device ON device.device_id = shown.device_id
    JOIN users ON users.id = shown.user_id
  WHERE shown.token = ?1`;

const SEE = `
  UPDATE user_sessions SET last_activity_at = ?2, expires_at = ?3, ip_address = ?4, user_agent = ?5
  WHERE device_id = (SELECT device_id FROM refresh_tokens WHERE token = ?1 AND is_used = 1 AND used_at = ?2)`;

interface StandingRow {
  readonly userId: number;
  readonly deviceId: string;
  readonly isUsed: number;
  readonly usedAt: number | null;
  readonly isLive: number;
  readonly lastActivityAt: number;
  readonly successor: string | null;
}

export interface UsedToken {
  readonly standing: TokenStanding;
  readonly userId: number;
  readonly deviceId: string;
  /** This was the use; else it was used before, or could not be. */
  readonly isFirstUse: boolean;
  /** When the device was seen before. */
  readonly lastActivityAt: number;
}

/** Uses the token if that can be, and says how it stands then. Null for one that never was, or was swept. */
export async function useToken(
  database: D1Database,
  { hash, successorHashes: [present, previous] }: ShownToken,
  { now, request }: { readonly now: number; readonly request: Request },
): Promise<UsedToken | null> {
  const { ipAddress, userAgent } = originOf(request);
  const expiresAt = now + REFRESH_TOKEN_MS;
  const [use, , standings] = await database.batch([
    database.prepare(USE).bind(hash, now),
    database.prepare(SUCCEED).bind(hash, now, present, expiresAt, previous),
    database.prepare(STANDING).bind(hash, now, present, previous),
    database.prepare(SEE).bind(hash, now, expiresAt, ipAddress, userAgent),
  ]);
  const [row] = (standings?.results ?? []) as StandingRow[]; // the columns of STANDING
  if (row === undefined) return null;
  const successor = row.successor === null ? null : JSON.parse(row.successor);
  return {
    standing: {
      isLive: row.isLive === 1,
      usedAt: row.isUsed === 1 ? row.usedAt : null,
      successor: successor && { hash: String(successor.hash), isUsed: successor.isUsed === 1 },
    },
    userId: row.userId,
    deviceId: row.deviceId,
    isFirstUse: (use?.meta.changes ?? 0) > 0,
    lastActivityAt: row.lastActivityAt,
  };
}

interface DeviceRow extends Omit<Device, "lastActivityAt" | "createdAt" | "isCurrent"> {
  readonly deviceId: string;
  readonly lastActivityAt: number;
  readonly createdAt: number;
}

const ACTIVE_DEVICES = `
  SELECT id, device_id AS deviceId, user_agent AS userAgent, ip_address AS ipAddress, last_activity_at AS lastActivityAt,
    created_at AS createdAt
  FROM user_sessions WHERE user_id = ?1 AND is_active = 1 AND expires_at > ?2`;

/** Those that are signed in, the one seen last first. */
export async function activeDevices(
  database: D1Database,
  { userId, now, current }: { readonly userId: number; readonly now: number; readonly current: string },
): Promise<Device[]> {
  const { results } = await database
    .prepare(`${ACTIVE_DEVICES} ORDER BY last_activity_at DESC, id DESC LIMIT 200`)
    .bind(userId, now)
    .all<DeviceRow>();
  return results.map(({ deviceId, ...row }) => ({
    ...row,
    lastActivityAt: new Date(row.lastActivityAt).toISOString(),
    createdAt: new Date(row.createdAt).toISOString(),
    isCurrent: deviceId === current,
  }));
}

/** The name of one of a user's own devices that is signed in, or null. */
export function activeDeviceId(
  database: D1Database,
  { userId, id, now }: { readonly userId: number; readonly id: number; readonly now: number },
): Promise<string | null> {
  return database.prepare(`${ACTIVE_DEVICES} AND id = ?3`).bind(userId, now, id).first<string>("deviceId");
}
