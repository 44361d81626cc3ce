/**
 * Brings an object's SQLite to the newest schema. Migrations are append-only: what was applied is remembered with its
 * hash, and a changed, missing or reordered one is refused loudly instead of leaving a database nobody can describe.
 * Runs synchronously, so that RPC, sockets and alarms all start alike.
 */
import { createHash } from "node:crypto";
import { transaction } from "./transaction.ts";

export interface Migration {
  /** 1, 2, 3 … in the order of the list. */
  readonly id: number;
  /** What it is for, as in its file name. */
  readonly name: string;
  readonly sql: string;
}

/** True before the first migration: the object was addressed, but never created. Writes nothing. */
export function isEmpty(storage: DurableObjectStorage): boolean {
  return storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = '_migrations'").toArray().length === 0;
}

/** Applies what is missing, all or nothing. Throws where the list contradicts what was applied earlier. */
export function migrate(storage: DurableObjectStorage, migrations: readonly Migration[]): void {
  const outOfOrder = migrations.find((migration, index) => migration.id !== index + 1);
  if (outOfOrder) throw new Error(`migration ${outOfOrder.id} (${outOfOrder.name}) is out of order`);

  const applied = isEmpty(storage)
    ? []
    : storage.sql.exec<{ id: number; hash: string }>("SELECT id, hash FROM _migrations ORDER BY id").toArray();
  for (const { id, hash } of applied) {
    const migration = migrations[id - 1];
    if (!migration) throw new Error(`migration ${id} was applied, but is no longer in the list`);
    if (hashOf(migration) !== hash)
      throw new Error(`migration ${id} (${migration.name}) was changed after it was applied`);
  }
  if (applied.length === migrations.length) return;

  transaction(storage, () => {
    storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS _migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at INTEGER NOT NULL)",
    );
    for (const migration of migrations.slice(applied.length)) {
      storage.sql.exec(migration.sql);
      storage.sql.exec(
        "INSERT INTO _migrations (id, name, hash, applied_at) VALUES (?, ?, ?, ?)",
        migration.id,
        migration.name,
        hashOf(migration),
        Date.now(),
      );
    }
  });
}

function hashOf(migration: Migration): string {
  return createHash("sha256").update(migration.sql).digest("hex").slice(0, 16);
}
