/**
 * A clock that runs on as the real one does, but may be set ahead: for deadlines that no test waits for. The platform's
 * alarms keep to the real one: while this one is ahead, they are rung by hand.
 */
import { beforeEach } from "vitest";

const real = Date.now.bind(Date);
let aheadMs = 0;

// Objects of the tests run beside them, and read the same clock. Import this before any of them is made.
Date.now = () => real() + aheadMs;

beforeEach(() => clock.set(0));

export const clock = {
  advance(byMs: number): void {
    aheadMs += byMs;
  },
  /** So far ahead of the real one, or behind it. */
  set(offsetMs: number): void {
    aheadMs = offsetMs;
  },
};
