import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "./process-group.ts";
import type { Workshop } from "./worker.ts";

/** What the page is made of. `package-lock.json` stands for its libraries. */
const SOURCES = [
  "src/web",
  "src/client",
  "src/local/people.ts",
  "schema",
  "src/api-documents",
  "objects/kernel/limits.ts",
  "vite.config.ts",
  "package-lock.json",
];
const RESULT = "dist/web/index.html";

/** Builds the web page, unless nothing it is made of is newer than the last build. */
export async function buildPage(
  { projectFolder, programsFolder, onLine }: Workshop,
  signal: AbortSignal,
): Promise<void> {
  if (isCurrent(projectFolder)) return;
  await runToEnd(
    {
      title: "Building the page",
      program: process.execPath,
      args: [join(programsFolder, "vite/bin/vite.js"), "build", "--logLevel", "warn"],
      folder: projectFolder,
      environment: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
      onLine,
    },
    signal,
  );
}

function isCurrent(projectFolder: string): boolean {
  const result = join(projectFolder, RESULT);
  if (!existsSync(result)) return false;
  const builtAt = statSync(result).mtimeMs;
  return SOURCES.every((source) => newest(join(projectFolder, source)) <= builtAt);
}

/** When the file, or anything in the folder, was last changed; a folder's own time tells of removals. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
