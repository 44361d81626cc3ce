/**
 * The end of devices: their refresh tokens are refused from then on, their sockets closed, nothing is pushed to them any
 * more, and their access tokens are refused as soon as KV has told of it, at the latest when they expire. The statements
 * are for the batch of what ends them.
 */
import type { Context } from "hono";
import { rememberEnded } from "../../objects/kernel/ended-devices.ts";
import { inTime } from "../../objects/kernel/in-time.ts";
import { logError } from "../../objects/kernel/log.ts";
import { originOf } from "../activity/store.ts";
import { fanOutAfterAnswer } from "../fan-outs/runner.ts";
import { fanOutStatement, hasSessions } from "../fan-outs/store.ts";
import type { HttpEnv } from "../http/context.ts";
import { executionOf } from "../http/execution.ts";

const PATIENCE_MS = 1_000;

/** Of the first statement's results: which devices it ended. */
export interface EndedDevice {
  readonly deviceId: string;
}

/** The first of them returns the devices, as `EndedDevice`. */
export function endAllDevices(database: D1Database, userId: number): D1PreparedStatement[] {
  return [
    database
      .prepare(
        `UPDATE user_sessions SET is_active = 0 WHERE user_id = ? AND is_active = 1 RETURNING device_id AS deviceId`,
      )
      .bind(userId),
    database.prepare("DELETE FROM push_subscriptions WHERE user_id = ?").bind(userId),
    fanOutStatement(database, { userId, task: "END_SOCKETS" }),
  ];
}

/** Also where the device has no row: the token may be older than that. */
export function endDevice(database: D1Database, userId: number, deviceId: string): D1PreparedStatement[] {
  return [
    database
      .prepare(
        `UPDATE user_sessions SET is_active = 0 WHERE user_id = ? AND device_id = ? AND is_active = 1
         RETURNING device_id AS deviceId`,
      )
      .bind(userId, deviceId),
    database.prepare("DELETE FROM push_subscriptions WHERE device_id = ? AND user_id = ?").bind(deviceId, userId),
    fanOutStatement(database, { userId, task: "END_SOCKETS", details: { deviceId } }),
  ];
}

/** So many sign-ins of one person hold at the same time; a tab that signs in anew each time does not fill the table. */
const MAX_DEVICES = 50;

/** Where there are far more of them, from before there was a limit, each further sign-in ends so many. */
const MAX_ENDED_AT_ONCE = 20;

/** Those for which there is no room beside one more: the least recently used. */
const SURPLUS = `
  FROM user_sessions WHERE id IN (
    SELECT id FROM user_sessions WHERE user_id = ?1 AND is_active = 1 AND expires_at > ?2
    ORDER BY last_activity_at DESC, id DESC LIMIT ${MAX_ENDED_AT_ONCE} OFFSET ${MAX_DEVICES - 1})`;

/** For the batch that adds a device. The last of them returns the devices that it ended, as `EndedDevice`. */
export function endSurplusDevices(
  database: D1Database,
  { userId, now, request }: { readonly userId: number; readonly now: number; readonly request: Request },
): D1PreparedStatement[] {
  const { ipAddress, userAgent } = originOf(request);
  return [
    database
      .prepare(
        `INSERT INTO fan_outs (user_id, task, details)
         SELECT ?1, 'END_SOCKETS', json_object('deviceId', device_id) ${SURPLUS}`,
      )
      .bind(userId, now),
    database
      .prepare(
        `INSERT INTO fan_outs (user_id, task, details)
         SELECT ?1, 'END_SOCKETS', json_object('deviceId', device_id, 'in', 'sessions') ${SURPLUS} AND ${hasSessions("?1")}`,
      )
      .bind(userId, now),
    database
      .prepare(
        `INSERT INTO user_activity_logs (user_id, activity, details, ip_address, user_agent)
         SELECT ?1, 'device_ended', json_object('deviceId', device_id), ?3, ?4 ${SURPLUS}`,
      )
      .bind(userId, now, ipAddress, userAgent),
    database
      .prepare(`DELETE FROM push_subscriptions WHERE device_id IN (SELECT device_id ${SURPLUS})`)
      .bind(userId, now),
    database
      .prepare(
        `UPDATE user_sessions SET is_active = 0 WHERE id IN (SELECT id ${SURPLUS}) RETURNING device_id AS deviceId`,
      )
      .bind(userId, now),
  ];
}

/** Once the statements are committed. */
export async function afterEnding(c: Context<HttpEnv>, userId: number, deviceIds: readonly string[]): Promise<void> {
  const remembered = rememberEnded(c.env.CACHE, userId, deviceIds);
  executionOf(c)?.waitUntil(remembered);
  // Sockets do not wait for KV, and who asked not long: it goes on behind the answer.
  const told = inTime(PATIENCE_MS, remembered).catch((error: unknown) => logError({ event: "device.end-slow" }, error));
  await Promise.all([told, fanOutAfterAnswer(c, userId)]);
}
