/** Who is typing, as far as this instance was told. Nothing durable, no timer: the reader lets it expire. */
import { LIMITS } from "../../schema/protocol/limits.ts";

/** Typing on is told again only when the last word of it is about to expire. */
const REPEAT_AFTER_MS = LIMITS.typingMs / 2;

export class TypingBoard {
  private readonly toldAt = new Map<number, number>();

  /** True if the room is to be told. */
  start(userId: number, now: number): boolean {
    const last = this.toldAt.get(userId);
    if (last !== undefined && now - last < REPEAT_AFTER_MS) return false;
    this.toldAt.set(userId, now);
    return true;
  }

  /** True if the room believed them to be typing. */
  stop(userId: number): boolean {
    return this.toldAt.delete(userId);
  }
}
