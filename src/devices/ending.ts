/**
 * The end of devices: their refresh tokens are refused from then on, their sockets closed, their access tokens refused
 * as soon as KV has told of it, at the latest when they expire. The statements are for the batch of what ends them.
 */
import type { Context } from "hono";
import { rememberEnded } from "../../objects/kernel/ended-devices.ts";
import { inTime } from "../../objects/kernel/in-time.ts";
import { logError } from "../../objects/kernel/log.ts";
import { fanOutAfterAnswer } from "../fan-outs/runner.ts";
import { fanOutStatement } from "../fan-outs/store.ts";
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
  const remembered = rememberEnded(c.env.CACHE, userId, deviceIds);
  executionOf(c)?.waitUntil(remembered);
  // Sockets do not wait for KV, and who asked not long: it goes on behind the answer.
  const told = inTime(PATIENCE_MS, remembered).catch((error: unknown) => logError({ event: "device.end-slow" }, error));
  await Promise.all([told, fanOutAfterAnswer(c, userId)]);
}
