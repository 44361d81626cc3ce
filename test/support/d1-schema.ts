/** Reads a D1 database's schema as SQLite understands it, so that two can be compared whatever order they were made in. */
import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const FOLDER = "migrations/d1";

export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
}

export function migrationFiles(): MigrationFile[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => ({ name, sql: readFileSync(`${FOLDER}/${name}`, "utf8") }));
}

export function databaseWith(scripts: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  for (const script of scripts) database.exec(script);
  return database;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
}

interface Index {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly string[];
  readonly where: string | null;
}

export interface TableSchema {
  readonly columns: Readonly<Record<string, Column>>;
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly string[];
  /** Name and expression. */
  readonly checks: readonly string[];
}

export function readSchema(database: DatabaseSync): Record<string, TableSchema> {
  const tables = rows<{ name: string; sql: string }>(
    database,
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  return Object.fromEntries(
    tables.map(({ name, sql }) => [
      name,
      {
        columns: Object.fromEntries(readColumns(database, name).map((column) => [column.name, column])),
        indexes: readIndexes(database, name),
        foreignKeys: readForeignKeys(database, name),
        checks: readChecks(sql),
      },
    ]),
  );
}

function readColumns(database: DatabaseSync, table: string): Column[] {
  return rows<Column>(
    database,
    `SELECT name, lower(type) AS type, "notnull", dflt_value, pk FROM pragma_table_info('${table}')`,
  );
}

function readIndexes(database: DatabaseSync, table: string): Index[] {
  const indexes = rows<{ name: string; unique: number; sql: string | null }>(
    database,
    `SELECT list.name, list."unique", sqlite_master.sql FROM pragma_index_list('${table}') AS list
      LEFT JOIN sqlite_master ON sqlite_master.name = list.name WHERE list.origin <> 'pk' ORDER BY list.name`,
  );
  return indexes.map(({ name, unique, sql }) => ({
    name,
    unique: unique === 1,
    columns: rows<{ name: string }>(database, `SELECT name FROM pragma_index_info('${name}') ORDER BY seqno`).map(
      (column) => column.name,
    ),
    where: normalized(sql?.split(/\bWHERE\b/i)[1] ?? null),
  }));
}

function readForeignKeys(database: DatabaseSync, table: string): string[] {
  const keys = rows<Record<"table" | "from" | "to" | "on_update" | "on_delete", string>>(
    database,
    `SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list('${table}')`,
  );
  return keys.map((key) => `${key.from} -> ${key.table}.${key.to} ${key.on_update} / ${key.on_delete}`).sort();
}

/** SQLite lists no checks: they are cut out of the table's own text, counting parentheses. */
function readChecks(sql: string): string[] {
  const checks: string[] = [];
  for (const match of sql.matchAll(/CONSTRAINT\s+(\S+)\s+CHECK\s*\(/gi)) {
    const start = match.index + match[0].length;
    let depth = 1;
    let end = start;
    while (depth > 0 && end < sql.length) {
      if (sql[end] === "(") depth += 1;
      if (sql[end] === ")") depth -= 1;
      end += 1;
    }
    checks.push(`${normalized(match[1] ?? "")}: ${normalized(sql.slice(start, end - 1))}`);
  }
  return checks.sort();
}

function normalized(sql: string | null): string | null {
  return sql === null ? null : sql.replaceAll(/["`]/g, "").replaceAll(/\s+/g, " ").trim();
}

function rows<Row>(database: DatabaseSync, sql: string): Row[] {
  // Safe: the columns are those that the query above names; copied, as node:sqlite's rows have no prototype.
  return database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row })) as Row[];
}
