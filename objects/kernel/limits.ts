/** Token buckets and windows. In memory: a limit that an eviction forgets is still a limit. Pure but for their own state. */

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What one user may do to one object. */
export interface RateLimits {
  readonly frames: Rate;
  readonly sends: Rate;
  /** Beyond this many frames in one second, the socket is closed. */
  readonly floodFrames: number;
  /** This many invalid frames within `invalidWindowMs` close the socket. */
  readonly invalidFrames: number;
  readonly invalidWindowMs: number;
}

export const RATE_LIMITS: RateLimits = {
  frames: { perSecond: 50, burst: 200 },
  sends: { perSecond: 10, burst: 40 },
  floodFrames: 1_000,
  invalidFrames: 20,
  invalidWindowMs: 10_000,
};

export class TokenBucket {
  private tokens: number;
  private refilledAt: number;
  private readonly rate: Rate;

  constructor(rate: Rate, now: number) {
    this.rate = rate;
    this.tokens = rate.burst;
    this.refilledAt = now;
  }

  /** 0 if one was taken, else how many milliseconds until one is there. */
  take(now: number): number {
    const elapsedMs = Math.max(0, now - this.refilledAt);
    this.tokens = Math.min(this.rate.burst, this.tokens + (elapsedMs * this.rate.perSecond) / 1_000);
    this.refilledAt = now;
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.tokens) * 1_000) / this.rate.perSecond);
  }
}

/** Counts events in consecutive windows of a fixed length. */
export class WindowCounter {
  private startedAt = Number.NEGATIVE_INFINITY;
  private count = 0;
  private readonly windowMs: number;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  reset(): void {
    this.count = 0;
  }

  /** Counts one more, and tells how many this window has now. */
  add(now: number): number {
    if (now - this.startedAt >= this.windowMs) {
      this.startedAt = now;
      this.count = 0;
    }
    this.count += 1;
    return this.count;
  }
}

export type FrameVerdict = { readonly kind: "pass" } | { readonly kind: "wait"; readonly retryAfterMs: number };
const PASS: FrameVerdict = { kind: "pass" };

/** All limits of one user at one object, over all of their sockets. */
export class UserLimits {
  private readonly frames: TokenBucket;
  private readonly sends: TokenBucket;
  private readonly second = new WindowCounter(1_000);
  private readonly invalid: WindowCounter;
  private readonly limits: RateLimits;

  constructor(limits: RateLimits, now: number) {
    this.limits = limits;
    this.frames = new TokenBucket(limits.frames, now);
    this.sends = new TokenBucket(limits.sends, now);
    this.invalid = new WindowCounter(limits.invalidWindowMs);
  }

  /** To be asked for every frame, before it is decoded. */
  isFlood(now: number): boolean {
    return this.second.add(now) > this.limits.floodFrames;
  }

  frame(now: number): FrameVerdict {
    return verdict(this.frames.take(now));
  }

  send(now: number): FrameVerdict {
    return verdict(this.sends.take(now));
  }

  /** True once there were too many invalid frames. */
  isViolation(now: number): boolean {
    if (this.invalid.add(now) < this.limits.invalidFrames) return false;
    // The socket pays for it; the next one starts anew.
    this.invalid.reset();
    return true;
  }
}

/** More than this are remembered only for who is connected. */
const MAX_REMEMBERED = 2_000;

/** The limits of every user of an object; none at all where `rates` is null. */
export class UserLimiters {
  private readonly users = new Map<number, UserLimits>();
  private readonly rates: RateLimits | null;

  constructor(rates: RateLimits | null) {
    this.rates = rates;
  }

  of(userId: number, now: number, connected: { isConnected(userId: number): boolean }): UserLimits | undefined {
    if (!this.rates) return undefined;
    let limits = this.users.get(userId);
    if (!limits) {
      if (this.users.size >= MAX_REMEMBERED) this.forget(connected);
      limits = new UserLimits(this.rates, now);
      this.users.set(userId, limits);
    }
    return limits;
  }

  private forget(connected: { isConnected(userId: number): boolean }): void {
    for (const userId of this.users.keys()) if (!connected.isConnected(userId)) this.users.delete(userId);
  }
}

function verdict(retryAfterMs: number): FrameVerdict {
  return retryAfterMs === 0 ? PASS : { kind: "wait", retryAfterMs };
}
