/** Runs one of the programs behind `npm run` to its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const projectFolder = join(import.meta.dirname, "../../..");

export interface Ran {
  /** Null for one that was killed. */
  readonly code: number | null;
  /** Both streams. */
  readonly output: string;
}

export interface ProgramCall {
  /** From the project's folder. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly started?: (child: ChildProcess) => void;
}

export function runToEnd({ program, args = [], environment, started }: ProgramCall): Promise<Ran> {
  const child = spawn(process.execPath, [join(projectFolder, program), ...args], {
    cwd: projectFolder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += String(chunk);
    });
  }
  started?.(child);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}
