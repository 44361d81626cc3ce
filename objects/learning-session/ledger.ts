/**
 * Who has talked for how long, in whose language. Times are the server's own; somebody talks from the frame that says so to
 * the one that says the contrary, or for a minute if neither is said again. What is not written yet is kept with the
 * socket, so an eviction loses nothing, and a kill what was said in the last seconds.
 */
import { z } from "zod";
import { SESSION_TIMING } from "../../schema/sessions.ts";
import type { Talk } from "./rows.ts";

const opened = z.object({
  /** Since when they talk; null: they are silent. */
  since: z.int().nullable(),
  /** Until when that counts, if it is not said again. */
  until: z.int(),
  /** Milliseconds, by language, that are not in the database. */
  unwritten: z.record(z.string(), z.int()),
  writtenAt: z.int(),
});
type Open = z.infer<typeof opened>;

/** What is not written yet is written after so long. */
const WRITTEN_EVERY_MS = 15_000;

export class Ledger {
  private readonly open = new Map<number, Open>();

  restore(userId: number, text: string): void {
    this.open.set(userId, opened.parse(JSON.parse(text)));
  }

  /** To be kept with the socket; undefined: nothing. */
  memo(userId: number): string | undefined {
    const one = this.open.get(userId);
    return one && JSON.stringify(one);
  }

  /** They said that they talk, and nothing to the contrary since; perhaps too long ago to count still. */
  isOpen(userId: number): boolean {
    return (this.open.get(userId)?.since ?? null) !== null;
  }

  /** They say that they talk, or do not any more. */
  say(userId: number, isActive: boolean, { language, now }: { readonly language: string; readonly now: number }): void {
    const one = this.settled(userId, language, now);
    this.open.set(userId, isActive ? { ...one, since: now, until: now + SESSION_TIMING.speakingMs } : one);
  }

  /** The turn of `language` is over: whoever talks goes on in the other. */
  turn(language: string, now: number): void {
    for (const [userId, { since, until }] of this.open) {
      const one = this.settled(userId, language, now);
      this.open.set(userId, since !== null && now < until ? { ...one, since: Math.max(since, now), until } : one);
    }
  }

  /** Milliseconds that are not written yet, those of this moment included. */
  unwritten(userId: number, { language, now }: { readonly language: string; readonly now: number }): Talk {
    return this.settled(userId, language, now).unwritten;
  }

  isToWrite(userId: number, now: number): boolean {
    const one = this.open.get(userId);
    return one !== undefined && now - one.writtenAt >= WRITTEN_EVERY_MS && Object.keys(one.unwritten).length > 0;
  }

  /** What is to be added to the database now; whoever talks goes on. */
  take(userId: number, { language, now }: { readonly language: string; readonly now: number }): Talk {
    const before = this.open.get(userId);
    if (!before) return {};
    const one = this.settled(userId, language, now);
    const talks = before.since !== null && now < before.until;
    this.open.set(userId, { ...one, since: talks ? now : null, until: before.until, unwritten: {}, writtenAt: now });
    return one.unwritten;
  }

  clear(): void {
    this.open.clear();
  }

  forget(userId: number): void {
    this.open.delete(userId);
  }

  /** Silent, with what was said until now. */
  private settled(userId: number, language: string, now: number): Open {
    const one = this.open.get(userId) ?? { since: null, until: now, unwritten: {}, writtenAt: now };
    const talkedMs = one.since === null ? 0 : Math.max(0, Math.min(now, one.until) - one.since);
    const unwritten = talkedMs > 0 ? added(one.unwritten, { [language]: talkedMs }) : one.unwritten;
    return { ...one, since: null, unwritten };
  }
}

export function added(one: Talk, other: Talk): Talk {
  const sum: Record<string, number> = { ...one };
  for (const [language, ms] of Object.entries(other)) sum[language] = (sum[language] ?? 0) + ms;
  return sum;
}

/** As it is told: whole seconds, by language. */
export function toTalkTime(userId: number, talk: Talk) {
  const languages = Object.entries(talk).map(([language, ms]) => ({ language, seconds: Math.floor(ms / 1_000) }));
  return { userId, seconds: languages.reduce((sum, { seconds }) => sum + seconds, 0), languages };
}
