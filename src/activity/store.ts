/** Entries of `user_activity_logs`: who did what, from where. Never content, never tokens. */

/** What is written down. A name is in the rows for good: it never changes. */
export type Activity =
  | "signed_up"
  | "signed_in"
  | "tokens_refreshed"
  | "refresh_token_reused"
  | "signed_out"
  | "device_ended"
  | "profile_changed"
  | "user_blocked"
  | "user_unblocked"
  | "user_reported"
  | "user_banned"
  | "user_unbanned";

export interface ActivityEntry {
  readonly userId: number;
  readonly activity: Activity;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Where it came from; without one, nothing is noted of that. */
  readonly request?: Request;
}

const MAX_AGENT_CHARACTERS = 512;

/** For the batch of what it tells of. Nothing of somebody whose account was erased meanwhile. */
export function activityStatement(
  database: D1Database,
  { userId, activity, details, request }: ActivityEntry,
): D1PreparedStatement {
  const { ipAddress, userAgent } = originOf(request);
  return database
    .prepare(
      `INSERT INTO user_activity_logs (user_id, activity, details, ip_address, user_agent)
       SELECT id, ?2, ?3, ?4, ?5 FROM users WHERE id = ?1 AND erased_at IS NULL`,
    )
    .bind(userId, activity, details === undefined ? null : JSON.stringify(details), ipAddress, userAgent);
}

export interface RequestOrigin {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** The address as the platform saw it; behind a proxy of one's own, whatever that sends on. */
export function originOf(request: Request | undefined): RequestOrigin {
  return {
    ipAddress: request?.headers.get("cf-connecting-ip") ?? null,
    userAgent: request?.headers.get("user-agent")?.slice(0, MAX_AGENT_CHARACTERS) ?? null,
  };
}
