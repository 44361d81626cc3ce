/** What operators (role ADMIN) may see and do about jobs. */
import { Hono } from "hono";
import type { JobList } from "../../schema/api/jobs.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { operatorOnly } from "../http/operators.ts";
import { refuseWith } from "../http/problems.ts";
import { JOBS, jobNamed } from "./registry.ts";
import { jobAnswer } from "./rules.ts";
import { runSlice, type SliceLimits } from "./runner.ts";
import { readStandings } from "./store.ts";

/** Somebody waits for the answer. */
const LIMITS: SliceLimits = { ms: 5_000, queries: 900 };

export const jobs = new Hono<HttpEnv>();
jobs.use(authenticated, operatorOnly);

jobs.get("/", async (c) => {
  const standings = await readStandings(c.env.DB);
  const now = Date.now();
  const answer: JobList = {
    items: JOBS.map((job) => jobAnswer(job, standings.get(job.name), now)),
    nextCursor: null,
  };
  return c.json(answer);
});

// Begins a run, or goes on with the one that is under way.
jobs.post("/:name", async (c) => {
  const job = jobNamed(c.req.param("name"));
  if (!job) return refuseWith(c, "not_found");
  const outcome = await runSlice(c.env, job, { limits: LIMITS, now: Date.now, begunBy: "operator" });
  if (outcome === "held") return refuseWith(c, "conflict");
  const standing = (await readStandings(c.env.DB)).get(job.name);
  return c.json(jobAnswer(job, standing, Date.now()), outcome === "finished" ? 200 : 202);
});
