/**
 * A command and all that it starts, in a process group of its own: a terminal's Ctrl-C does not reach it directly, and
 * no grandchild outlives it. The whole group is ended together, politely first.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { type Process, processes } from "./process-list.ts";
import { Refusal } from "./refusal.ts";
import { until } from "./until.ts";

export interface Command {
  /** What a person calls it, for messages. */
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
}

export interface ProcessGroup {
  readonly id: number;
  /** Resolves when the command itself has ended; others of its group may go on. */
  readonly ended: Promise<number | null>;
}

const GRACE_MS = 8_000;
const KILL_MS = 5_000;

export function startGroup({ title, program, args, folder, environment, onLine }: Command): ProcessGroup {
  const child = spawn(program, args, {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => onLine(stripVTControlCharacters(line)));
  }
  if (child.pid === undefined) throw new Refusal(`${title} cannot be started: ${program} does not run.`);
  return { id: child.pid, ended: new Promise((resolve) => child.once("exit", resolve)) };
}

export function groupMembers(id: number): Process[] {
  return processes().filter((process) => process.group === id);
}

/** Returns when nothing of the group is left. */
export async function endGroup(id: number): Promise<void> {
  const isGone = () => groupMembers(id).length === 0;
  signalGroup(id, "SIGTERM");
  if (await until(isGone, { limitMs: GRACE_MS })) return;
  signalGroup(id, "SIGKILL");
  if (!(await until(isGone, { limitMs: KILL_MS }))) throw new Error(`Process group ${id} does not end.`);
}

export function signalGroup(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-id, signal);
  } catch (error) {
    // Nobody left to signal is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Runs a command to its end. An abort ends its group; a failure is thrown. */
export async function runToEnd(command: Command, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const group = startGroup(command);
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  const code = await Promise.race([group.ended, aborted.promise]);
  signal.removeEventListener("abort", onAbort);
  await endGroup(group.id);
  signal.throwIfAborted();
  if (code !== 0) throw new Refusal(`${command.title} failed.`);
}
