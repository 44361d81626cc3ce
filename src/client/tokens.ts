/** Access tokens as the SDK sees them: strings of the application's, read only for the time they end at. */

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

/** When a JWT expires, in epoch milliseconds; undefined for tokens that do not say. The signature is not our business. */
export function tokenExpiresAt(token: string): number | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    const exp = typeof claims === "object" && claims !== null && "exp" in claims ? claims.exp : undefined;
    return typeof exp === "number" ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
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
