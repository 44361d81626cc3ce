/** Exponential backoff with full jitter: clients that lost the same server do not come back at the same moment. */
export interface Backoff {
  /** Upper bound of the first wait, in milliseconds; each failure doubles it. */
  readonly firstMs: number;
  /** Upper bound of every wait, in milliseconds. */
  readonly mostMs: number;
}

export const RETRY: Backoff = { firstMs: 500, mostMs: 15_000 };
/** After 1001 and the like a whole server's clients come back: spread them wider from the start. */
export const RECONNECT_SPREAD: Backoff = { firstMs: 3_000, mostMs: 15_000 };

/** How long to wait before try number `failures` (0 = after the first failure), in milliseconds. */
export function backoffMs({ firstMs, mostMs }: Backoff, failures: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(mostMs, firstMs * 2 ** Math.min(failures, 30)));
}
