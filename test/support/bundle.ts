/** The production bundle, for a Miniflare of one's own. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Miniflare } from "miniflare";

export interface BundledModule {
  readonly type: "ESModule" | "Text";
  readonly path: string;
  readonly contents: string;
}

/** Built from this configuration of wrangler into that folder; the module that is run comes first. */
export function buildBundle(configuration: string, folder: string, main = "worker.js"): BundledModule[] {
  execFileSync("wrangler", ["deploy", "--dry-run", "--outdir", folder, "-c", configuration]);
  const names = readdirSync(folder).filter((name) => name === main || name.endsWith(".sql"));
  return names
    .toSorted((a) => (a === main ? -1 : 1))
    .map((path) => ({
      type: path.endsWith(".sql") ? "Text" : "ESModule",
      path,
      contents: readFileSync(join(folder, path), "utf8"),
    }));
}

export async function migrateDatabase(
  database: Awaited<ReturnType<Miniflare["getD1Database"]>>,
  folder: string,
): Promise<void> {
  if (await database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'flush_positions'").first()) return;
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  for (const file of files.toSorted()) {
    for (const statement of readFileSync(join(folder, file), "utf8").split("--> statement-breakpoint")) {
      await database.prepare(statement).run();
    }
  }
}
