/**
 * What `npm start` runs: StudyMate on this machine, in the foreground, until Ctrl-C. The order of the steps, and
 * nothing else: each is a module of its own. Settings: PORT, STUDYMATE_STATE, SEED, DEV_LOGIN, RATE_LIMITS, and the
 * other variables of wrangler.jsonc.
 */
import { realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { ringJobs } from "./job-bell.ts";
import { openLog } from "./log-file.ts";
import { buildPage } from "./page.ts";
import { refuseTakenPort } from "./ports.ts";
import { endGroup } from "./process-group.ts";
import { runProgram } from "./program.ts";
import { pushKeyFile } from "./push-key.ts";
import { Refusal } from "./refusal.ts";
import { completeReplacement } from "./replacement.ts";
import { forgetRunning, recordRunning, takeStateFolder } from "./running.ts";
import { seedDemo } from "./seed.ts";
import { readSettings, type Settings } from "./settings.ts";
import { signingKeyFile } from "./signing-key.ts";
import { applyMigrations, startWorker, type Workshop, workerReady } from "./worker.ts";

const projectFolder = join(import.meta.dirname, "../..");

async function run(signal: AbortSignal): Promise<void> {
  const settings = readSettings(process.env, projectFolder);
  const { stateFolder, port } = settings;
  const programsFolder = realpathSync(join(projectFolder, "node_modules"));

  if (await takeStateFolder(stateFolder, programsFolder)) console.log("Ended what a killed start had left running.");
  try {
    if (completeReplacement(stateFolder)) console.log("Completed a restore that was cut off.");
    await refuseTakenPort(port);
    const logFile = join(stateFolder, "server.log");
    await serve({ projectFolder, programsFolder, settings, onLine: openLog(logFile) }, signal).catch((error) => {
      if (error instanceof Refusal) error.message += ` What led to it is in ${logFile}`;
      throw error;
    });
  } finally {
    forgetRunning(stateFolder);
  }
}

async function serve(workshop: Workshop, signal: AbortSignal): Promise<void> {
  const { settings } = workshop;
  const keyFiles = [signingKeyFile(settings.stateFolder), pushKeyFile(settings.stateFolder)];
  console.log("Preparing the databases and the page …");
  await applyMigrations(workshop, signal);
  await buildPage(workshop, signal);

  console.log("Starting the server …");
  const worker = startWorker(workshop, keyFiles);
  try {
    recordRunning(settings.stateFolder, { starter: process.pid, group: worker.id });
    await workerReady(worker, settings, signal);
    if (settings.seed) await seedDemo({ baseUrl: settings.baseUrl, signal, say: console.log });
    console.log(welcome(settings));
    const bell = ringJobs({ baseUrl: settings.baseUrl, onLine: workshop.onLine }, signal);
    await Promise.race([worker.ended, aborted(signal), bell]);
    if (!signal.aborted) throw new Refusal("The server ended by itself.");
  } finally {
    await endGroup(worker.id);
  }
}

function welcome({ baseUrl, stateFolder, seed }: Settings): string {
  const folder = relative(process.cwd(), stateFolder);
  return `
StudyMate is running. ${seed ? "Open two windows and talk" : "It is empty: no demo was filled in"}:

${(seed ? ["minji", "emily"].map((key) => `/?as=${key}`) : ["/"]).map((path) => `  ${baseUrl}${path}`).join("\n")}

Data and log are in ${folder.startsWith("..") ? stateFolder : folder}. Ctrl-C ends it.
`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

// To be ended is how it ends.
await runProgram(run, 0);
