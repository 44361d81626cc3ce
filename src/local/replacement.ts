/**
 * Puts another state in place of a state folder's own, whole or not at all, whenever the machine stops.
 *
 * The new state is prepared aside. One rename says that it counts; from then on whoever takes the folder next (a start, a
 * restore) finishes the exchange. What was there before is kept in a folder of its own.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PUSH_KEY_FILE } from "./push-key.ts";
import { SIGNING_KEY_FILE } from "./signing-key.ts";

/** What a state is made of; all else in the folder is logs and records. */
export const STATE = [SIGNING_KEY_FILE, "databases", PUSH_KEY_FILE] as const;

const PREPARING = "restoring";
const PREPARED = "restored";

export function hasState(stateFolder: string): boolean {
  return STATE.some((entry) => existsSync(join(stateFolder, entry)));
}

/** True from the moment at which the new state counts, until it is in place. */
export function isReplacementPending(stateFolder: string): boolean {
  return existsSync(join(stateFolder, PREPARED));
}

/** An empty folder for the new state; what a cut-off preparation left is removed. */
export function beginReplacement(stateFolder: string): string {
  const folder = join(stateFolder, PREPARING);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export function abandonReplacement(stateFolder: string): void {
  rmSync(join(stateFolder, PREPARING), { recursive: true, force: true });
}

export function commitReplacement(stateFolder: string): void {
  setEarlierAside(replacedFolder(stateFolder));
  renameSync(join(stateFolder, PREPARING), join(stateFolder, PREPARED));
}

/** Where the state before it is kept; those that were replaced earlier are beside it, `replaced-1` the oldest. */
export function replacedFolder(stateFolder: string): string {
  return join(stateFolder, "replaced");
}

/** Who restores twice has most likely restored the wrong backup first: what that replaced is the one they want. */
function setEarlierAside(replaced: string): void {
  if (!existsSync(replaced)) return;
  let number = 1;
  while (existsSync(`${replaced}-${number}`)) number += 1;
  renameSync(replaced, `${replaced}-${number}`);
}

/** Each step looks at what is there, so that it goes on where it was cut off. False where nothing was to be done. */
export function completeReplacement(stateFolder: string): boolean {
  if (!isReplacementPending(stateFolder)) return false;
  const [prepared, replaced] = [join(stateFolder, PREPARED), replacedFolder(stateFolder)];
  mkdirSync(replaced, { recursive: true, mode: 0o700 });
  for (const entry of STATE) {
    const [coming, current] = [join(prepared, entry), join(stateFolder, entry)];
    if (!existsSync(coming)) continue;
    if (existsSync(current)) renameSync(current, join(replaced, entry));
    renameSync(coming, current);
  }
  rmSync(prepared, { recursive: true });
  return true;
}
