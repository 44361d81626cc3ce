/**
 * The files of a state folder in the order in which they are copied while a server writes to them.
 *
 * D1 comes before the objects: it follows them, and a copy of it that is older than theirs is filled by the next flush. One
 * that is newer would hold what the objects never had. Files of media come last, after the rows that speak of them.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PUSH_KEY_FILE } from "./push-key.ts";
import { SIGNING_KEY_FILE } from "./signing-key.ts";

export interface StateFile {
  /** From the state folder, with slashes. */
  readonly path: string;
  readonly kind: "database" | "plain";
}

const PRODUCTS = "databases/v3";
const FIRST = "d1";
/** Objects of our own, each with its SQLite file. */
const OBJECTS = "do";
/** What the local runtime keeps for itself and makes anew. */
const PASSING = ["cache", "observability", "ratelimit"];

/** Each folder is listed when its turn has come: what was made meanwhile is there. */
export function* stateFiles(stateFolder: string): Generator<StateFile> {
  for (const path of [SIGNING_KEY_FILE, PUSH_KEY_FILE]) yield { path, kind: "plain" };
  const others = listFolder(stateFolder, PRODUCTS).filter((name) => ![FIRST, OBJECTS, ...PASSING].includes(name));
  const folders = [FIRST, OBJECTS, ...others].map((name) => `${PRODUCTS}/${name}`);
  for (const folder of folders) yield* filesIn(stateFolder, folder, "database");
  for (const folder of folders) yield* filesIn(stateFolder, folder, "plain");
}

export function databaseFiles(stateFolder: string, product: "d1" | "do"): string[] {
  return [...filesIn(stateFolder, `${PRODUCTS}/${product}`, "database")].map(({ path }) => path);
}

function filesIn(stateFolder: string, folder: string, kind: StateFile["kind"]): StateFile[] {
  const root = join(stateFolder, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && kindOf(entry.name) === kind)
    .map((entry) => ({ path: `${folder}/${join(entry.parentPath, entry.name).slice(root.length + 1)}`, kind }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Null for what belongs to an open database: its copy is whole without it. */
function kindOf(name: string): StateFile["kind"] | null {
  if (/\.sqlite-(?:wal|shm|journal)$/.test(name)) return null;
  return name.endsWith(".sqlite") ? "database" : "plain";
}

function listFolder(stateFolder: string, folder: string): string[] {
  const path = join(stateFolder, folder);
  return existsSync(path) ? readdirSync(path).sort() : [];
}
