/**
 * What `npm run restore -- <file> [--force]` runs: a backup becomes the state of a folder in which nothing runs. Whenever
 * it is cut off, the folder holds the old state or the new one.
 */
import { existsSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readArchive } from "./archive.ts";
import { runProgram } from "./program.ts";
import { Refusal } from "./refusal.ts";
import {
  abandonReplacement,
  beginReplacement,
  commitReplacement,
  completeReplacement,
  hasState,
  replacedFolder,
} from "./replacement.ts";
import { prepareDatabases } from "./restored-databases.ts";
import { forgetRunning, takeStateFolder } from "./running.ts";
import { readSettings } from "./settings.ts";

const projectFolder = join(import.meta.dirname, "../..");

async function run(signal: AbortSignal): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { force: { type: "boolean" } } });
  const [name] = positionals;
  if (name === undefined) throw new Refusal("Say which backup: npm run restore -- studymate.tar.gz");
  const file = resolve(process.env.INIT_CWD ?? ".", name);
  if (!existsSync(file)) throw new Refusal(`${file} is not there.`);
  const { stateFolder } = readSettings(process.env, projectFolder);

  refuseOtherOwner(stateFolder);
  await takeStateFolder(stateFolder, realpathSync(join(projectFolder, "node_modules")));
  try {
    completeReplacement(stateFolder);
    const isReplacing = hasState(stateFolder);
    if (isReplacing && values.force !== true) {
      throw new Refusal(`${stateFolder} holds a state already. To put the backup in its place: --force`);
    }
    const folder = beginReplacement(stateFolder);
    const { madeAt } = await readArchive(file, folder, signal);
    const rooms = prepareDatabases(folder, Date.now());
    commitReplacement(stateFolder);
    completeReplacement(stateFolder);
    console.log(`Restored ${rooms} rooms as they were at ${madeAt}. \`npm start\` goes on from there.`);
    if (isReplacing)
      console.log(`What was there before is in ${replacedFolder(stateFolder)}; remove it when all is well.`);
  } finally {
    abandonReplacement(stateFolder);
    forgetRunning(stateFolder);
  }
}

/** What is restored belongs to who restores it: the service could not read what root, say, put there. */
function refuseOtherOwner(stateFolder: string): void {
  const owner = statSync(stateFolder, { throwIfNoEntry: false })?.uid;
  const self = process.getuid?.();
  if (owner === undefined || self === undefined || owner === self) return;
  throw new Refusal(`${stateFolder} belongs to user ${owner}, and this is user ${self}: restore as that user.`);
}

await runProgram(run);
