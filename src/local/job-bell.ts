/**
 * The clock of the jobs on one machine. `wrangler dev` fires no cron triggers; it has an address that does, and this rings
 * it as often as the platform would. A tick that fails is logged, and followed by the next: it never ends the service.
 */
import { setTimeout as pause } from "node:timers/promises";

/** As `triggers.crons` in wrangler.jsonc. */
const EVERY_MS = 5 * 60_000;
/** Longer than a tick works. */
const ANSWER_MS = 60_000;

export interface JobBell {
  readonly baseUrl: string;
  readonly onLine: (line: string) => void;
  readonly everyMs?: number;
}

/** Rings until the signal. */
export async function ringJobs({ baseUrl, onLine, everyMs = EVERY_MS }: JobBell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await pause(everyMs, undefined, { signal });
      await ring(baseUrl, signal);
    } catch (error) {
      if (!signal.aborted) onLine(JSON.stringify({ level: "warn", event: "jobs.not-rung", reason: String(error) }));
    }
  }
}

async function ring(baseUrl: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const answer = await fetch(`${baseUrl}/cdn-cgi/local/scheduled`, { signal: limit });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`answered with ${answer.status}`);
}
