/** The SQLite files behind a state folder, read from outside: what is really there, whatever the server says. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { databasesFolder } from "../../../src/local/worker.ts";

const TABLES = `SELECT name FROM sqlite_schema
  WHERE type = 'table' AND name <> 'sqlite_sequence' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name`;

export type Row = Readonly<Record<string, unknown>>;

/** The rows of a query to the main D1 database. */
export function queryD1(stateFolder: string, sql: string, ...parameters: (string | number)[]): Row[] {
  return withD1(stateFolder, "chat_messages", (database) => database.prepare(sql).all(...parameters));
}

/** The rows of a query to the D1 database of the search index. */
export function querySearch(stateFolder: string, sql: string, ...parameters: (string | number)[]): Row[] {
  return withSearch(stateFolder, (database) => database.prepare(sql).all(...parameters));
}

export function withSearch<Value>(stateFolder: string, use: (database: DatabaseSync) => Value): Value {
  return withD1(stateFolder, "message_index", use);
}

/** A D1 database by one of its tables: which file it is nothing else tells. */
export function d1File(stateFolder: string, table: "chat_messages" | "message_index"): string {
  for (const file of filesOf(stateFolder, "d1")) {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table)) return file;
    } finally {
      database.close();
    }
  }
  throw new Error(`There is no D1 database with ${table}.`);
}

function withD1<Value>(
  stateFolder: string,
  table: "chat_messages" | "message_index",
  use: (database: DatabaseSync) => Value,
): Value {
  const database = new DatabaseSync(d1File(stateFolder, table), { readOnly: true });
  try {
    return use(database);
  } finally {
    database.close();
  }
}

type Product = "d1" | "do" | "kv" | "r2";

/**
 * Every row of every table, of D1 and of all objects, but for counters that SQLite and the platform keep. Of KV and R2 it is
 * keys, and what is kept beside the values.
 */
export function dumpDatabases(stateFolder: string, products: readonly Product[] = ["d1", "do"]): Record<string, Row[]> {
  const dump: Record<string, Row[]> = {};
  for (const file of products.flatMap((product) => filesOf(stateFolder, product))) {
    const database = new DatabaseSync(file, { readOnly: true });
    const tables = database.prepare(TABLES).all();
    for (const { name } of tables) {
      const rows = database.prepare(`SELECT * FROM "${name}"`);
      // Row ids inside a full-text index go beyond what a number holds.
      rows.setReadBigInts(true);
      dump[`${file} ${name}`] = rows.all();
    }
    database.close();
  }
  return dump;
}

/** Miniflare keeps `v3/<product>/<class>/<hash>.sqlite`, beside its own `metadata.sqlite`. */
export function filesOf(stateFolder: string, product: Product): string[] {
  const root = join(databasesFolder({ stateFolder }), "v3", product);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sqlite") && !name.endsWith("metadata.sqlite"))
    .sort()
    .map((name) => join(root, name));
}
