/**
 * Who runs on a state folder: one start at a time, recorded in `running.json`. A start that was killed cannot end its
 * server; the next one finds the record, and ends what is left, if it is still ours and not somebody who got its number.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endGroup, groupMembers } from "./process-group.ts";
import { processes } from "./process-list.ts";
import { Refusal } from "./refusal.ts";

/** Programs that have a state folder to themselves. */
const STARTER = /\b(?:start|restore)\.ts\b/;

export interface Running {
  /** The process that `npm start` is, or a restore. */
  readonly starter: number;
  /** The process group of the server, once it was started. */
  readonly group?: number;
}

export function readRunning(stateFolder: string): Running | null {
  try {
    const { starter, group }: Record<string, unknown> = JSON.parse(readFileSync(recordOf(stateFolder), "utf8"));
    if (typeof starter !== "number") return null;
    return typeof group === "number" ? { starter, group } : { starter };
  } catch {
    return null;
  }
}

export function recordRunning(stateFolder: string, running: Running): void {
  writeFileSync(recordOf(stateFolder), `${JSON.stringify(running)}\n`);
}

export function forgetRunning(stateFolder: string): void {
  rmSync(recordOf(stateFolder), { force: true });
}

/** `programsFolder`: where the server's programs are, by which leftovers are recognized. Returns whether it ended any. */
export async function takeStateFolder(stateFolder: string, programsFolder: string): Promise<boolean> {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const former = readRunning(stateFolder);
  if (former && isStarter(former.starter)) {
    throw new Refusal(
      `StudyMate is already running on ${stateFolder} (process ${former.starter}). ` +
        "End it first, or set STUDYMATE_STATE to another folder.",
    );
  }
  const leftover = former?.group;
  const isOurs =
    leftover !== undefined && groupMembers(leftover).some(({ command }) => command.includes(programsFolder));
  if (isOurs) await endGroup(leftover);
  recordRunning(stateFolder, { starter: process.pid });
  return isOurs;
}

function isStarter(pid: number): boolean {
  return pid !== process.pid && processes().some((other) => other.pid === pid && STARTER.test(other.command));
}

function recordOf(stateFolder: string): string {
  return join(stateFolder, "running.json");
}
