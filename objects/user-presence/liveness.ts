/**
 * Finds sockets whose other end is gone without a word. A client says `ping` at least once a minute, which the platform
 * answers and remembers without waking anybody; one that was silent for five minutes is ended, and counts as gone. So is
 * one whose token has expired, since it gets nothing any more.
 */
import type { DueItem, DueTable, NextRun } from "../kernel/due.ts";
import type { LiveSocket, SocketRegistry } from "../kernel/sockets/registry.ts";

export interface LivenessDeps {
  readonly sockets: Pick<SocketRegistry, "all" | "end" | "isExpired">;
  readonly due: DueTable;
  /** When the platform last answered a heartbeat of this socket, epoch milliseconds; null: never. */
  readonly heardAt: (live: LiveSocket) => number | null;
  /** With each look at who is there. */
  readonly renewCache: () => Promise<void>;
  readonly now: () => number;
}

export const LIVENESS_DUE = "liveness";
export const SILENT_MS = 5 * 60_000;

export class Liveness {
  private readonly deps: LivenessDeps;
  /** A socket's last frame. A restart forgets them: the heartbeat is what counts. */
  private readonly frames = new WeakMap<LiveSocket, number>();

  constructor(deps: LivenessDeps) {
    this.deps = deps;
  }

  /** A first socket. */
  watch(now: number): void {
    this.deps.due.schedule(LIVENESS_DUE, now + SILENT_MS);
  }

  heard(live: LiveSocket): void {
    this.frames.set(live, this.deps.now());
  }

  async run(_: DueItem): Promise<NextRun> {
    const { sockets, now, renewCache } = this.deps;
    let earliest: number | undefined;
    for (const live of sockets.all()) {
      if (sockets.isExpired(live)) continue;
      const signAt = this.lastSign(live);
      if (now() - signAt >= SILENT_MS) sockets.end(live, "goingAway");
      else earliest = Math.min(signAt, earliest ?? signAt);
    }
    await renewCache();
    return earliest === undefined ? null : { at: earliest + SILENT_MS };
  }

  private lastSign(live: LiveSocket): number {
    const { heardAt, now } = this.deps;
    const opened = live.state.openedAt ?? now();
    return Math.max(opened, this.frames.get(live) ?? 0, heardAt(live) ?? 0);
  }
}
