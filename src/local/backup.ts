/**
 * What `npm run backup -- <file>` runs: everything of a state folder into one file, while the service goes on.
 * The order of the files is in `state-files.ts`, what the copies have to go through later in `restored-databases.ts`.
 */
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type ArchivedFile, writeArchive } from "./archive.ts";
import { copyDatabase } from "./database-copy.ts";
import { runProgram } from "./program.ts";
import { Refusal } from "./refusal.ts";
import { hasState, isReplacementPending, STATE } from "./replacement.ts";
import { readSettings } from "./settings.ts";
import { stateFiles } from "./state-files.ts";

const [, DATABASES] = STATE;
const projectFolder = join(import.meta.dirname, "../..");

async function run(signal: AbortSignal): Promise<void> {
  const began = performance.now();
  const [name] = process.argv.slice(2);
  if (name === undefined) throw new Refusal("Say where to: npm run backup -- studymate.tar.gz");
  // npm runs programs in the project's folder, wherever it was called.
  const file = resolve(process.env.INIT_CWD ?? ".", name);
  if (existsSync(file)) throw new Refusal(`${file} is there already. Take another name.`);
  if (!existsSync(dirname(file))) throw new Refusal(`The folder ${dirname(file)} is not there.`);
  const { stateFolder } = readSettings(process.env, projectFolder);
  if (!hasState(stateFolder)) throw new Refusal(`There is nothing to back up in ${stateFolder}.`);
  if (isReplacementPending(stateFolder)) {
    throw new Refusal(`A restore into ${stateFolder} was cut off. \`npm start\` completes it.`);
  }

  const databases = identity(stateFolder);
  const [partial, copy] = [`${file}.partial`, `${file}.copy`];
  try {
    const { files } = await writeArchive(partial, copies(stateFolder, copy, signal));
    if (identity(stateFolder) !== databases) throw new Refusal(`${stateFolder} was restored meanwhile. Begin again.`);
    renameSync(partial, file);
    const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
    const count = files.filter(({ kind }) => kind === "database").length;
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    const shown = relative(process.env.INIT_CWD ?? ".", file);
    console.log(`Backed up ${count} databases, ${megabytes.toFixed(1)} MB, to ${shown} in ${seconds} s.`);
  } finally {
    for (const leftover of [partial, copy]) rmSync(leftover, { force: true });
  }
}

/** Which folder of databases it is: a restore puts another one in its place. */
function identity(stateFolder: string): number | undefined {
  return statSync(join(stateFolder, DATABASES), { throwIfNoEntry: false })?.ino;
}

/** One copy at a time is on the disk. */
async function* copies(stateFolder: string, copy: string, signal: AbortSignal): AsyncGenerator<ArchivedFile> {
  for (const { path, kind } of stateFiles(stateFolder)) {
    signal.throwIfAborted();
    const source = join(stateFolder, path);
    if (kind === "plain") {
      // Removed since it was listed: so were the rows that speak of it, or they will be.
      if (existsSync(source)) yield { path, kind, source };
      continue;
    }
    await copyDatabase(source, copy);
    yield { path, kind, source: copy };
  }
}

await runProgram(run);
