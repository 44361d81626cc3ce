/**
 * Coalesces read markers: somebody who reads along does not cost a row and a broadcast per message. The first marker
 * after a pause is written at once, later ones together. What is held here is lost in a crash, and was never promised.
 */
export const RECEIPT_INTERVAL_MS = 1_000;

export class ReadMarkers {
  private readonly writtenAt = new Map<number, number>();
  private readonly held = new Map<number, number>();

  /** The id to write now, the furthest that was offered; null where it is held until `take`. */
  offer(userId: number, messageId: number, now: number): number | null {
    const last = this.writtenAt.get(userId) ?? Number.NEGATIVE_INFINITY;
    const furthest = Math.max(messageId, this.held.get(userId) ?? 0);
    if (now - last < RECEIPT_INTERVAL_MS) {
      this.held.set(userId, furthest);
      return null;
    }
    this.writtenAt.set(userId, now);
    this.held.delete(userId);
    return furthest;
  }

  /** All that is held, by user. */
  take(): ReadonlyMap<number, number> {
    const taken = new Map(this.held);
    this.held.clear();
    return taken;
  }

  get isEmpty(): boolean {
    return this.held.size === 0;
  }

  /** Forgets who was quiet for long. */
  prune(now: number): void {
    for (const [userId, at] of this.writtenAt) if (now - at >= RECEIPT_INTERVAL_MS) this.writtenAt.delete(userId);
  }
}
