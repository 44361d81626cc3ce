/** Who is banned is inactive, is signed in nowhere, and holds no socket. */
import type { BanAnswer } from "../../schema/api/safety.ts";
import { endAllDevices } from "../devices/ending.ts";

interface BanRow {
  readonly bannedAt: number | null;
}

/** Null for who does not exist, or asked to be deleted. */
export async function findBan(database: D1Database, userId: number): Promise<BanAnswer | null> {
  const row = await database
    .prepare("SELECT banned_at AS bannedAt FROM users WHERE id = ? AND deleted_at IS NULL")
    .bind(userId)
    .first<BanRow>();
  return row && toAnswer(userId, row);
}

/** The first of them ends the devices, and returns them. */
export function banStatements(database: D1Database, userId: number, now: number): D1PreparedStatement[] {
  return [
    ...endAllDevices(database, userId),
    database
      .prepare(
        `UPDATE users SET is_active = 0, banned_at = coalesce(banned_at, ?2), updated_at = max(updated_at + 1, ?2)
         WHERE id = ?1 AND deleted_at IS NULL`,
      )
      .bind(userId, now),
  ];
}

/** They may sign in again; nothing that was ended comes back. */
export function unbanStatement(database: D1Database, userId: number, now: number): D1PreparedStatement {
  return database
    .prepare(
      `UPDATE users SET is_active = 1, banned_at = NULL, updated_at = max(updated_at + 1, ?2)
       WHERE id = ?1 AND deleted_at IS NULL AND banned_at IS NOT NULL`,
    )
    .bind(userId, now);
}

function toAnswer(userId: number, { bannedAt }: BanRow): BanAnswer {
  return { userId, isBanned: bannedAt !== null, bannedAt: bannedAt === null ? null : new Date(bannedAt).toISOString() };
}
