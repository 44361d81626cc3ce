/**
 * The end of devices: their refresh tokens are refused from then on, their sockets closed, their access tokens refused
 * as soon as KV has told of it, at the latest when they expire. The statements are for the batch of what ends them.
 */
import type { Context } from "hono";
import { rememberEnded } from "../../objects/kernel/ended-devices.ts";
import { fanOutAfterAnswer } from "../fan-outs/runner.ts";
import { fanOutStatement } from "../fan-outs/store.ts";
import type { HttpEnv } from "../http/context.ts";

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
    fanOutStatement(database, { userId, task: "END_SOCKETS", details: { deviceId } }),
  ];
}

/** Once the statements are committed. */
export async function afterEnding(c: Context<HttpEnv>, userId: number, deviceIds: readonly string[]): Promise<void> {
  // At once: sockets do not wait for KV.
  await Promise.all([rememberEnded(c.env.CACHE, userId, deviceIds), fanOutAfterAnswer(c, userId)]);
}
