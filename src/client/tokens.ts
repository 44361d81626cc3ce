/** Access tokens as the SDK sees them: strings of the application's, read for the time they end at and whose they are. */

/**
 * Called at every connect and request. `refused` says that the server did not take the last one: answer with another.
 * `expiring` says that it ends within a minute: a new one keeps the socket, the old one is fine too.
 */
export type TokenProvider = (need: TokenNeed) => Promise<string> | string;
export type TokenNeed = "connect" | "request" | "refused" | "expiring";

const REFRESH_BEFORE_MS = 60_000;
/** Where this device's clock is ahead, each new token looks as if it were ending. */
const LEAST_PAUSE_MS = 30_000;
const LONGEST_TIMER_MS = 2_147_483_647;

/** What a JWT says of itself; empty for other tokens. The signature is not our business. */
function claimsOf(token: string): { readonly exp?: unknown; readonly sub?: unknown } {
  try {
    const payload = token.split(".")[1] ?? "";
    return Object(JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))));
  } catch {
    return {};
  }
}

/** When a token expires, in epoch milliseconds; undefined for those that do not say. */
export function tokenExpiresAt(token: string): number | undefined {
  const { exp } = claimsOf(token);
  return typeof exp === "number" ? exp * 1_000 : undefined;
}

/** Whose it is; undefined for those that do not say. */
export function tokenUserId(token: string): number | undefined {
  return Number(claimsOf(token).sub) || undefined;
}

/** True for tokens that do not say whose they are. */
export function mayBeOf(token: string, userId: number): boolean {
  const { sub } = claimsOf(token);
  return sub === undefined || sub === String(userId);
}

export interface RefreshDeps {
  readonly provide: TokenProvider;
  readonly send: (token: string) => void;
}

/** Sends a fresh token in band a minute before the one in use ends. Returns what stops it. */
export function keepFresh(token: string, deps: RefreshDeps): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const arm = (current: string, leastMs: number) => {
    const expiresAt = tokenExpiresAt(current);
    if (expiresAt === undefined) return;
    const waitMs = Math.max(leastMs, expiresAt - Date.now() - REFRESH_BEFORE_MS);
    if (waitMs <= LONGEST_TIMER_MS) timer = setTimeout(() => void refresh(current), waitMs);
  };

  const refresh = async (current: string) => {
    try {
      const next = await deps.provide("expiring");
      if (stopped || next === current) return;
      deps.send(next);
      arm(next, LEAST_PAUSE_MS);
    } catch {
      // The server will close with 4401, and the reconnect asks for a token again.
    }
  };

  arm(token, 0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
