import { describe, expect, it } from "vitest";
import { type RateLimits, TokenBucket, UserLimits, WindowCounter } from "../../objects/kernel/limits.ts";

/** Takes as often as it is allowed to. */
function drain(bucket: TokenBucket, now: number): number {
  let taken = 0;
  while (taken < 10_000 && bucket.take(now) === 0) taken += 1;
  return taken;
}

describe("a token bucket", () => {
  it("gives a burst, then what was refilled since", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 40 }, 0);
    expect(drain(bucket, 0)).toBe(40);
    expect(drain(bucket, 99)).toBe(0);
    expect(drain(bucket, 100)).toBe(1);
    expect(drain(bucket, 1_100)).toBe(10);
  });

  it("never holds more than its burst", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 40 }, 0);
    expect(drain(bucket, 3_600_000)).toBe(40);
  });

  it("says how long to wait, and then gives", () => {
    const bucket = new TokenBucket({ perSecond: 3, burst: 1 }, 0);
    expect(bucket.take(0)).toBe(0);
    const waitMs = bucket.take(0);
    expect(waitMs).toBe(334);
    expect(bucket.take(waitMs - 100)).toBe(100);
    expect(bucket.take(waitMs)).toBe(0);
  });

  it("does not punish who asks too early, however often", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 1 }, 0);
    expect(bucket.take(0)).toBe(0);
    for (let now = 1; now < 100; now += 1) expect(bucket.take(now)).toBeGreaterThan(0);
    expect(bucket.take(100)).toBe(0);
  });

  it("keeps its rate over a long time", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 40 }, 0);
    let taken = 0;
    for (let now = 0; now <= 60_000; now += 7) taken += drain(bucket, now);
    expect(taken).toBeGreaterThanOrEqual(638);
    expect(taken).toBeLessThanOrEqual(640);
  });

  it("gives nothing for a clock that goes back", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 40 }, 10_000);
    expect(drain(bucket, 10_000)).toBe(40);
    expect(drain(bucket, 5_000)).toBe(0);
  });
});

describe("a window", () => {
  it("counts from one in each", () => {
    const window = new WindowCounter(1_000);
    expect([5, 6, 1_004, 1_005, 1_006, 9_000].map((now) => window.add(now))).toEqual([1, 2, 3, 1, 2, 1]);
  });
});

describe("the limits of a user", () => {
  const LIMITS: RateLimits = {
    frames: { perSecond: 50, burst: 3 },
    sends: { perSecond: 10, burst: 2 },
    floodFrames: 5,
    invalidFrames: 3,
    invalidWindowMs: 10_000,
  };

  it("count frames and sends apart", () => {
    const limits = new UserLimits(LIMITS, 0);
    expect([1, 2, 3].map(() => limits.frame(0).kind)).toEqual(["pass", "pass", "pass"]);
    expect(limits.frame(0)).toEqual({ kind: "wait", retryAfterMs: 20 });
    expect([1, 2].map(() => limits.send(0).kind)).toEqual(["pass", "pass"]);
    expect(limits.send(0)).toEqual({ kind: "wait", retryAfterMs: 100 });
  });

  it("call it a flood beyond the limit of one second, and not before", () => {
    const limits = new UserLimits(LIMITS, 0);
    expect([1, 2, 3, 4, 5, 6, 7].map(() => limits.isFlood(500))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(limits.isFlood(1_500)).toBe(false);
  });

  it("call it a violation with the last invalid frame that is allowed", () => {
    const limits = new UserLimits(LIMITS, 0);
    expect([0, 4_000, 9_999].map((now) => limits.isViolation(now))).toEqual([false, false, true]);
    const patient = new UserLimits(LIMITS, 0);
    expect([0, 9_999, 10_000, 19_999].map((now) => patient.isViolation(now))).toEqual([false, false, false, false]);
  });
});
