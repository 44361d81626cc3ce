/**
 * What copied databases go through before a server may run on them: they are older than what people saw.
 *
 * Each room gets a new epoch, so that clients start over instead of taking new messages for those that they know by
 * number, and an alarm, by which it brings D1, and its people's inboxes, to where it stands itself. Ids that were given away since the copy are never
 * given to somebody else: old tokens carry them.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RESTORED_ROOM } from "../../objects/chat-room/restored-room.ts";
import { RESTORED_SESSION } from "../../objects/learning-session/restored-session.ts";
import { RESTORED_NOTIFICATIONS, RESTORED_PRESENCE } from "../../objects/user-presence/restored-presence.ts";
import { Refusal } from "./refusal.ts";
import { databaseFiles } from "./state-files.ts";

/** More than are made between a backup and its restore. */
const SKIPPED_IDS = 1_000_000;
/** Alarms are apart by so much, so that a start does not wake everything at one moment. */
const ALARM_EVERY_MS = 10;
/** The runtime's own file beside the objects of a class: their alarms. */
const ALARMS = "metadata.sqlite";
const ALARM_KEY = 1;

const migrationsFolder = join(import.meta.dirname, "../../migrations");

/** What was applied to a database, by the names of the files. */
const APPLIED = {
  d1: { table: "d1_migrations", names: "SELECT name FROM d1_migrations" },
  search: { table: "d1_migrations", names: "SELECT name FROM d1_migrations" },
  "chat-room": { table: "_migrations", names: "SELECT printf('%04d_%s.sql', id, name) AS name FROM _migrations" },
  "learning-session": {
    table: "_migrations",
    names: "SELECT printf('%04d_%s.sql', id, name) AS name FROM _migrations",
  },
  "user-presence": { table: "_migrations", names: "SELECT printf('%04d_%s.sql', id, name) AS name FROM _migrations" },
} as const;

/** Returns how many rooms there are. Refuses what a newer version left: it would not run here. */
export function prepareDatabases(folder: string, now: number): number {
  for (const path of databaseFiles(folder, "d1")) {
    withDatabase(join(folder, path), (database) => {
      refuseNewer(database, hasTable(database, "message_index") ? "search" : "d1");
      skipIds(database);
    });
  }
  const objects = databaseFiles(folder, "do").filter((path) => basename(path) !== ALARMS);
  for (const path of objects) withDatabase(join(folder, path), emptyInbox);
  const rooms = objects.filter((path) => withDatabase(join(folder, path), (database) => renewRoom(database, now)));
  const told = objects.filter((path) =>
    withDatabase(join(folder, path), (database) => renewNotifications(database, now)),
  );
  const sessions = objects.filter((path) =>
    withDatabase(join(folder, path), (database) => renewSession(database, now)),
  );
  for (const [index, path] of [...rooms, ...sessions, ...told].entries()) {
    setAlarm(join(folder, path), now + index * ALARM_EVERY_MS);
  }
  return rooms.length;
}

function refuseNewer(database: DatabaseSync, kind: keyof typeof APPLIED): void {
  const { table, names } = APPLIED[kind];
  if (!hasTable(database, table)) return;
  const known = readdirSync(join(migrationsFolder, kind));
  const unknown = database
    .prepare(names)
    .all()
    .find(({ name }) => !known.includes(String(name)));
  if (unknown) {
    throw new Refusal(
      `The backup was made by a newer version, which has the migration ${kind}/${unknown.name}: restore it there.`,
    );
  }
}

function skipIds(database: DatabaseSync): void {
  if (!hasTable(database, "sqlite_sequence")) return;
  database.exec(`
    UPDATE sqlite_sequence SET seq = seq + ${SKIPPED_IDS} WHERE name <> 'd1_migrations';
    INSERT INTO sqlite_sequence (name, seq)
      SELECT name, ${SKIPPED_IDS} FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'
        AND name NOT IN (SELECT name FROM sqlite_sequence);`);
}

/** False for an object that is no room, or none yet. */
function renewRoom(database: DatabaseSync, now: number): boolean {
  if (!hasTable(database, "room")) return false;
  refuseNewer(database, "chat-room");
  for (const statement of RESTORED_ROOM) database.prepare(statement).run(now);
  return true;
}

/** False for what is no learning session. */
function renewSession(database: DatabaseSync, now: number): boolean {
  if (!hasTable(database, "session")) return false;
  refuseNewer(database, "learning-session");
  for (const statement of RESTORED_SESSION) database.prepare(statement).run(now);
  return true;
}

/** The people's own objects were copied at other moments than the rooms: each asks them anew. */
function emptyInbox(database: DatabaseSync): void {
  if (!hasTable(database, "inbox")) return;
  refuseNewer(database, "user-presence");
  for (const statement of RESTORED_PRESENCE) database.exec(statement);
}

/** False for who was never told of anything, and for what is nobody's own object. */
function renewNotifications(database: DatabaseSync, now: number): boolean {
  if (!hasTable(database, "notification_history")) return false;
  if (database.prepare("SELECT 1 FROM notification_history").get() === undefined) return false;
  for (const statement of RESTORED_NOTIFICATIONS) database.prepare(statement).run(now);
  return true;
}

/**
 * The runtime keeps an alarm twice, in nanoseconds: in the object's file, and in the list of its class. One without the
 * other never rings; the room is then flushed when somebody opens it. So it is where another runtime keeps it otherwise.
 */
function setAlarm(objectFile: string, at: number): void {
  const alarms = join(dirname(objectFile), ALARMS);
  const isList = (database: DatabaseSync) =>
    hasColumns(database, "_cf_ALARM", ["actor_id", "scheduled_time", "actor_name"]);
  if (!existsSync(alarms) || !withDatabase(alarms, isList)) return;
  const nanoseconds = BigInt(at) * 1_000_000n;
  const name = withDatabase(objectFile, (database) => {
    // A room that never had an alarm was never flushed: D1 knows of its creation alone.
    if (!hasColumns(database, "_cf_METADATA", ["key", "value"])) return undefined;
    if (!hasColumns(database, "__miniflare_do_name", ["name"])) return undefined;
    database.prepare(`INSERT OR REPLACE INTO _cf_METADATA (key, value) VALUES (${ALARM_KEY}, ?)`).run(nanoseconds);
    return database.prepare("SELECT name FROM __miniflare_do_name").get()?.name ?? null;
  });
  if (name === undefined) return;
  withDatabase(alarms, (database) =>
    database
      .prepare("INSERT OR REPLACE INTO _cf_ALARM (actor_id, scheduled_time, actor_name) VALUES (?, ?, ?)")
      .run(basename(objectFile, ".sqlite"), nanoseconds, name),
  );
}

function hasTable(database: DatabaseSync, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;
}

function hasColumns(database: DatabaseSync, table: string, columns: readonly string[]): boolean {
  const found = database
    .prepare("SELECT name FROM pragma_table_info(?)")
    .all(table)
    .map(({ name }) => name);
  return columns.every((column) => found.includes(column));
}

function withDatabase<Value>(file: string, use: (database: DatabaseSync) => Value): Value {
  const database = new DatabaseSync(file);
  try {
    return use(database);
  } finally {
    database.close();
  }
}
