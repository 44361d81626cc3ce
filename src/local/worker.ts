/** The Worker with its databases on this machine: workerd under `wrangler dev`, from the same bundle that is deployed. */
import { join } from "node:path";
import { type Command, type ProcessGroup, runToEnd, startGroup } from "./process-group.ts";
import { Refusal } from "./refusal.ts";
import type { Settings } from "./settings.ts";
import { until } from "./until.ts";

const READY_MS = 60_000;
const D1_BINDINGS = ["DB", "SEARCH"] as const;

export interface Workshop {
  readonly projectFolder: string;
  /** `node_modules`, symbolic links resolved, as processes show it. */
  readonly programsFolder: string;
  readonly settings: Settings;
  readonly onLine: (line: string) => void;
}

export async function applyMigrations(workshop: Workshop, signal: AbortSignal): Promise<void> {
  for (const binding of D1_BINDINGS) {
    const args = ["d1", "migrations", "apply", binding, "--local", "--persist-to", databasesFolder(workshop.settings)];
    await runToEnd({ ...wrangler(workshop, args), title: "Applying the migrations" }, signal);
  }
}

export function startWorker(workshop: Workshop, keyFiles: readonly string[]): ProcessGroup {
  const { settings } = workshop;
  return startGroup(
    wrangler(workshop, [
      "dev",
      "--local",
      ...["--ip", "127.0.0.1", "--port", String(settings.port), "--inspector-port", "0"],
      ...["--persist-to", databasesFolder(settings), ...keyFiles.flatMap((file) => ["--env-file", file])],
      "--show-interactive-dev-session=false",
    ]),
  );
}

/** Waits until everything behind the Worker answers. */
export async function workerReady(worker: ProcessGroup, settings: Settings, signal: AbortSignal): Promise<void> {
  let hasEnded = false;
  worker.ended.then(() => {
    hasEnded = true;
  });
  const answers = await until(async () => hasEnded || (await isReady(settings)), { limitMs: READY_MS, signal });
  if (hasEnded) throw new Refusal("The server ended while it was starting.");
  if (!answers) throw new Refusal(`The server did not get ready within ${READY_MS / 1_000} seconds.`);
}

async function isReady({ baseUrl }: Settings): Promise<boolean> {
  try {
    const answer = await fetch(`${baseUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

export function databasesFolder(settings: Pick<Settings, "stateFolder">): string {
  return join(settings.stateFolder, "databases");
}

function wrangler({ projectFolder, programsFolder, settings, onLine }: Workshop, args: readonly string[]): Command {
  return {
    title: "The server",
    program: process.execPath,
    args: [join(programsFolder, "wrangler/bin/wrangler.js"), ...args],
    folder: projectFolder,
    onLine,
    environment: {
      ...process.env,
      ...settings.worker,
      // The keys come from their files alone; wrangler prefers the environment.
      AUTH_SECRET: undefined,
      VAPID_PRIVATE_KEY: undefined,
      // Nothing leaves this machine, nothing is written elsewhere, and starts of several folders do not meet.
      WRANGLER_SEND_METRICS: "false",
      // Pages of wrangler's own that show and change every database to whoever reaches the port, and what they record.
      X_LOCAL_EXPLORER: "false",
      X_LOCAL_OBSERVABILITY: "false",
      WRANGLER_HIDE_BANNER: "true",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_REGISTRY_PATH: join(settings.stateFolder, "registry"),
      WRANGLER_LOG_PATH: join(settings.stateFolder, "wrangler-logs"),
      FORCE_COLOR: "0",
      NO_COLOR: "1",
    },
  };
}
