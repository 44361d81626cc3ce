/** What operators may see and do about jobs. */
import { jobAnswer, jobList } from "../../../schema/api/jobs.ts";
import type { Operation } from "./operation.ts";

const ARCHIVE = {
  name: "archive-messages",
  schedule: "monthly",
  state: "idle",
  startedAt: "2026-11-01T19:00:04.210Z",
  finishedAt: "2026-11-01T19:02:31.877Z",
  counts: { archived: 48_210 },
  lastError: null,
  retryAt: null,
  nextRunAt: "2026-12-01T19:00:00.000Z",
} as const;

export const JOB_OPERATIONS = {
  "GET /v1/admin/jobs": {
    id: "listJobs",
    area: "Operators",
    summary: "List jobs",
    description: "What is done by schedule: when it ran last, what it did, when it runs next, what it failed with.",
    caller: "operator",
    answers: {
      200: { description: "All there are.", schema: jobList, example: { items: [ARCHIVE], nextCursor: null } },
    },
    refusals: {},
  },
  "POST /v1/admin/jobs/{name}": {
    id: "runJob",
    area: "Operators",
    summary: "Run a job for some seconds",
    description:
      "Begins a run, or goes on with the one that is under way, also where it rests after a failure. What is not done " +
      "after five seconds is left to the next tick, or to the next such request.",
    caller: "operator",
    path: { name: { description: "The job.", example: ARCHIVE.name } },
    answers: {
      200: { description: "The run is at its end.", schema: jobAnswer, example: ARCHIVE },
      202: {
        description: "It is not: more is to be done, or a step failed.",
        schema: jobAnswer,
        example: { ...ARCHIVE, state: "waiting" },
      },
    },
    refusals: { not_found: "There is no such job.", conflict: "Somebody works on it at this moment." },
  },
} as const satisfies Record<string, Operation>;
