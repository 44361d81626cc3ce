import { setTimeout as pause } from "node:timers/promises";

export interface Patience {
  readonly limitMs: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/** Asks again and again. True as soon as the condition holds, false when the limit has passed first. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { limitMs, everyMs = 50, signal }: Patience,
): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    if (Date.now() >= deadline) return false;
    await pause(everyMs, undefined, signal && { signal });
  }
}
