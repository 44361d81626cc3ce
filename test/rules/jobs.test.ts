/** When jobs run, and what is said of them. Times are UTC; runs begin at 19:00, which is 04:00 in Seoul. */
import { describe, expect, test } from "vitest";
import { restMs } from "../../objects/kernel/rest.ts";
import type { JobSchedule } from "../../schema/api/jobs.ts";
import {
  isDue,
  type JobStanding,
  jobAnswer,
  monthsBefore,
  scheduledAfter,
  scheduledBefore,
} from "../../src/jobs/rules.ts";
import { JOB_REST } from "../../src/jobs/runner.ts";

const at = (time: string) => Date.parse(`${time}Z`);
const inWords = (time: number | null) => time && new Date(time).toISOString().slice(0, 16);

const IDLE: JobStanding = {
  progress: null,
  counts: { done: 3 },
  startedAt: at("2026-11-01T19:00:05"),
  finishedAt: at("2026-11-01T19:01:00"),
  leaseToken: null,
  leaseUntil: 0,
  lastError: null,
  failures: 0,
};

describe("the times of a schedule", () => {
  test.each<[JobSchedule, now: string, before: string, after: string]>([
    ["monthly", "2026-11-23T06:00", "2026-11-01T19:00", "2026-12-01T19:00"],
    ["monthly", "2026-11-01T18:59", "2026-10-01T19:00", "2026-11-01T19:00"],
    ["monthly", "2026-11-01T19:00", "2026-11-01T19:00", "2026-12-01T19:00"],
    ["monthly", "2026-12-31T23:59", "2026-12-01T19:00", "2027-01-01T19:00"],
    ["monthly", "2027-01-01T00:00", "2026-12-01T19:00", "2027-01-01T19:00"],
    ["monthly", "2028-02-29T20:00", "2028-02-01T19:00", "2028-03-01T19:00"],
    ["always", "2026-11-23T06:03", "2026-11-23T06:00", "2026-11-23T06:05"],
    ["always", "2026-11-23T06:05", "2026-11-23T06:05", "2026-11-23T06:10"],
    ["daily", "2026-11-23T06:00", "2026-11-22T19:00", "2026-11-23T19:00"],
    ["daily", "2026-11-30T19:00", "2026-11-30T19:00", "2026-12-01T19:00"],
    ["weekly", "2026-11-23T06:00", "2026-11-22T19:00", "2026-11-29T19:00"],
    ["weekly", "2026-11-22T18:59", "2026-11-15T19:00", "2026-11-22T19:00"],
    ["weekly", "2026-11-22T19:00", "2026-11-22T19:00", "2026-11-29T19:00"],
    ["weekly", "2026-12-02T00:00", "2026-11-29T19:00", "2026-12-06T19:00"],
    ["weekly", "2027-01-01T12:00", "2026-12-27T19:00", "2027-01-03T19:00"],
  ])("%s at %s: last %s, next %s", (schedule, now, before, after) => {
    expect(inWords(scheduledBefore(schedule, at(now)))).toBe(before);
    expect(inWords(scheduledAfter(schedule, at(now)))).toBe(after);
  });

  test("there are none for a job that only an operator begins", () => {
    expect(scheduledBefore("never", at("2026-11-23T06:00"))).toBeNull();
    expect(scheduledAfter("never", at("2026-11-23T06:00"))).toBeNull();
  });
});

describe("a tick works on a job", () => {
  test.each<[name: string, schedule: JobSchedule, change: Partial<JobStanding>, now: string, due: boolean]>([
    ["that was begun at its time", "monthly", {}, "2026-11-30T23:00", false],
    ["whose time has come", "monthly", {}, "2026-12-01T19:00", true],
    ["whose time was missed, as the machine was off", "monthly", {}, "2027-02-14T10:00", true],
    [
      "that an operator began between two times",
      "monthly",
      { startedAt: at("2026-12-01T18:00") },
      "2026-12-01T19:00",
      true,
    ],
    [
      "that an operator began after its time",
      "monthly",
      { startedAt: at("2026-12-01T19:01") },
      "2026-12-20T00:00",
      false,
    ],
    ["whose run is under way", "monthly", { progress: "{}" }, "2026-11-01T19:05", true],
    [
      "that somebody works on",
      "monthly",
      { progress: "{}", leaseToken: "x", leaseUntil: at("2026-11-01T19:06") },
      "2026-11-01T19:05",
      false,
    ],
    [
      "whose worker was killed",
      "monthly",
      { progress: "{}", leaseToken: "x", leaseUntil: at("2026-11-01T19:06") },
      "2026-11-01T19:06",
      true,
    ],
    [
      "that rests after a failure",
      "monthly",
      { progress: "{}", failures: 1, leaseUntil: at("2026-11-01T19:10") },
      "2026-11-01T19:09",
      false,
    ],
    [
      "that has rested",
      "monthly",
      { progress: "{}", failures: 1, leaseUntil: at("2026-11-01T19:10") },
      "2026-11-01T19:10",
      true,
    ],
    [
      "that never ran, before its first time",
      "weekly",
      { startedAt: null, leaseUntil: at("2026-11-29T19:00") },
      "2026-11-29T18:59",
      false,
    ],
    [
      "that never ran, at its first time",
      "weekly",
      { startedAt: null, leaseUntil: at("2026-11-29T19:00") },
      "2026-11-29T19:00",
      true,
    ],
    ["that only an operator begins", "never", {}, "2030-01-01T00:00", false],
    ["that an operator began and left", "never", { progress: "{}" }, "2026-11-01T19:05", true],
  ])("%s: %s, %o at %s: %s", (_, schedule, change, now, due) => {
    expect(isDue(schedule, { ...IDLE, ...change }, at(now))).toBe(due);
  });
});

test("a job rests longer after each failure in a row, at most six hours", () => {
  expect([1, 2, 3, 4, 7, 8, 1_000].map((failures) => restMs(failures, JOB_REST) / 60_000)).toEqual([
    5, 10, 20, 40, 320, 360, 360,
  ]);
});

test.each([
  ["2026-11-23T06:00", "2026-05-23T06:00"],
  ["2026-03-01T00:00", "2025-09-01T00:00"],
  ["2026-08-31T10:00", "2026-02-28T10:00"],
  ["2028-08-30T10:00", "2028-02-29T10:00"],
  ["2026-12-31T23:59", "2026-06-30T23:59"],
])("six months before %s is %s", (now, before) => {
  expect(inWords(monthsBefore(at(now), 6))).toBe(before);
});

describe("what is told of a job", () => {
  const job = { name: "tidy", schedule: "monthly" } as const;
  const now = at("2026-11-23T06:00");
  const told = (change: Partial<JobStanding>) => jobAnswer(job, { ...IDLE, ...change }, now);

  test("that nobody has seen: nothing but when it runs next", () => {
    expect(jobAnswer(job, undefined, now)).toEqual({
      name: "tidy",
      schedule: "monthly",
      state: "idle",
      startedAt: null,
      finishedAt: null,
      counts: null,
      lastError: null,
      retryAt: null,
      nextRunAt: "2026-12-01T19:00:00.000Z",
    });
  });

  test("that ran: when, and what it did", () => {
    expect(told({})).toMatchObject({
      state: "idle",
      startedAt: "2026-11-01T19:00:05.000Z",
      finishedAt: "2026-11-01T19:01:00.000Z",
      counts: { done: 3 },
    });
  });

  test.each<[Partial<JobStanding>, string]>([
    [{ progress: "{}" }, "waiting"],
    [{ progress: "{}", leaseToken: "x", leaseUntil: now + 1 }, "running"],
    [{ progress: "{}", leaseToken: "x", leaseUntil: now }, "waiting"],
    [{ progress: "{}", leaseToken: "x", leaseUntil: now + 1, failures: 2 }, "running"],
    [{ progress: "{}", leaseUntil: now + 1, failures: 2 }, "failing"],
    [{ startedAt: null, leaseUntil: now + 1 }, "idle"],
  ])("with %o: %s", (change, state) => {
    expect(told(change).state).toBe(state);
  });

  test("that failed: with what, and when it is tried again", () => {
    const failing = { progress: "{}", failures: 2, lastError: "Error: full", leaseUntil: at("2026-11-23T06:10") };
    expect(told(failing)).toMatchObject({ lastError: "Error: full", retryAt: "2026-11-23T06:10:00.000Z" });
  });
});
