/**
 * What `npm run job -- <name>` runs: a job of the service (docs/deploy.md) to its end, slice by slice, as an operator. ACCESS_TOKEN
 * is that of a user of the role ADMIN; `--url` another server than this machine's.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type JobAnswer, jobAnswer } from "../../schema/api/jobs.ts";
import { problem } from "../../schema/api/problem.ts";
import { runProgram } from "./program.ts";
import { Refusal } from "./refusal.ts";
import { readSettings } from "./settings.ts";

const USAGE = "ACCESS_TOKEN=… npm run job -- <name> [--url https://chat.example.org]";
/** Somebody else works on it, or something behind the server is away. */
const WAIT_MS = 5_000;
/** Longer than the lease of a worker that was killed. */
const MOST_FAILURES = 30;

async function run(signal: AbortSignal): Promise<void> {
  const { values, positionals } = parseArgs({ options: { url: { type: "string" } }, allowPositionals: true });
  const [name] = positionals;
  const token = process.env.ACCESS_TOKEN;
  if (name === undefined || !token) throw new Refusal(`Say which job, and who asks: ${USAGE}`);
  const url = values.url ?? readSettings(process.env, ".").baseUrl;
  const address = new URL(`/v1/admin/jobs/${encodeURIComponent(name)}`, url);
  for (let failures = 0; ; ) {
    const answer = await runSlice(address, token, signal);
    if (answer === null) {
      failures += 1;
      if (failures > MOST_FAILURES) throw new Refusal(`${url} was asked ${failures} times and cannot do it now.`);
      await pause(WAIT_MS, undefined, { signal });
      continue;
    }
    console.log(`${name}: ${answer.state}${describe(answer)}`);
    if (answer.state === "idle") return;
    if (answer.state === "failing") {
      failures += 1;
      if (failures > MOST_FAILURES) throw new Refusal(`${name} fails again and again: ${answer.lastError}`);
      await pause(WAIT_MS, undefined, { signal });
    } else failures = 0;
  }
}

/** Null where it has to be asked again later. */
async function runSlice(address: URL, token: string, signal: AbortSignal): Promise<JobAnswer | null> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(address, { method: "POST", headers, signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return null;
  });
  if (response === null) return null;
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return jobAnswer.parse(body);
  const refusal = problem.safeParse(body);
  if (refusal.success && ["conflict", "unavailable"].includes(refusal.data.code)) return null;
  const hint = response.status === 401 ? " The token is no longer valid; what was begun goes on by itself." : "";
  throw new Refusal(
    `${address} answered with ${response.status}${refusal.success ? ` (${refusal.data.code})` : ""}.${hint}`,
  );
}

function describe({ counts }: JobAnswer): string {
  const shown = Object.entries(counts ?? {}).map(([what, count]) => `${count} ${what}`);
  return shown.length === 0 ? "" : `, ${shown.join(", ")}`;
}

await runProgram(run);
