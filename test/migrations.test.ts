/** The D1 migrations: append-only, free of rebuilds, and the same database that drizzle's tables describe. */
import { readdirSync, readFileSync } from "node:fs";
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from "drizzle-kit/api";
import { describe, expect, test } from "vitest";
import * as chat from "../schema/tables/chat.ts";
import * as devices from "../schema/tables/devices.ts";
import * as flush from "../schema/tables/flush.ts";
import * as media from "../schema/tables/media.ts";
import * as notifications from "../schema/tables/notifications.ts";
import * as operations from "../schema/tables/operations.ts";
import * as profiles from "../schema/tables/profiles.ts";
import * as push from "../schema/tables/push.ts";
import * as safety from "../schema/tables/safety.ts";
import * as sessions from "../schema/tables/sessions.ts";
import * as people from "../schema/tables/users.ts";
import { databaseWith, migrationFiles, readSchema } from "./support/d1-schema.ts";
import { SOURCE_COLUMNS, SOURCE_INDEXES, SOURCE_TRIGGERS } from "./support/source-names.ts";

const files = migrationFiles();
const tables = {
  ...people,
  ...devices,
  ...profiles,
  ...safety,
  ...media,
  ...push,
  ...notifications,
  ...chat,
  ...sessions,
  ...flush,
  ...operations,
};

const REBUILD = [
  /\bDROP\s+TABLE\b/i,
  /__new_/i,
  /\bPRAGMA\s+(?:foreign_keys|defer_foreign_keys)\b/i,
  /\bALTER\s+TABLE\s+\S+\s+RENAME\s+TO\b/i,
];

function isRebuild(sql: string): boolean {
  return REBUILD.some((pattern) => pattern.test(sql));
}

describe("numbering", () => {
  test("files are numbered from 0001 without gaps and named by purpose", () => {
    files.forEach(({ name }, index) => {
      expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, "0")}_[a-z0-9_]+\\.sql$`));
    });
  });

  test("drizzle-kit's journal lists exactly these files", () => {
    const journal: { entries: { tag: string }[] } = JSON.parse(
      readFileSync("migrations/d1/meta/_journal.json", "utf8"),
    );
    expect(journal.entries.map(({ tag }) => `${tag}.sql`)).toEqual(files.map(({ name }) => name));
  });
});

describe("no table is rebuilt, since on D1 that deletes the rows of its children", () => {
  test.each(files)("$name only adds", ({ sql }) => {
    expect(isRebuild(sql)).toBe(false);
  });

  test.each([
    ["a drop", "DROP TABLE `users`;"],
    ["drizzle-kit's copy", "CREATE TABLE `__new_users` (`id` integer);"],
    ["foreign keys turned off", "PRAGMA foreign_keys=OFF;"],
    ["foreign keys put off", "PRAGMA defer_foreign_keys = ON;"],
    ["a rename", "ALTER TABLE `chat_rooms_2` RENAME TO `chat_rooms`;"],
  ])("the lint sees %s", (_, sql) => {
    expect(isRebuild(sql)).toBe(true);
  });
});

describe("from empty", () => {
  test("every step applies on what the steps before it made, one at a time", () => {
    files.forEach((_, index) => {
      expect(() => databaseWith(files.slice(0, index + 1).map(({ sql }) => sql)).close()).not.toThrow();
    });
  });

  test("what is keyed by more than a number, or by text, is clustered by its key", () => {
    const clustered = databaseWith(files.map(({ sql }) => sql))
      .prepare("SELECT name FROM pragma_table_list WHERE wr = 1 ORDER BY name")
      .all();
    expect(clustered.map(({ name }) => name)).toEqual([
      "chat_messages",
      "chat_messages_archive",
      "flush_parked",
      "flush_positions",
      "idempotency_keys",
      "jobs",
      "media_files",
      "notifications",
      "session_bookings",
      "sign_in_attempts",
      "sign_in_codes",
      "user_blocks",
    ]);
  });
});

describe("drift", () => {
  const migrated = databaseWith(files.map(({ sql }) => sql));

  test("the migrations make the database that drizzle's tables describe", async () => {
    const described = databaseWith(
      await generateSQLiteMigration(await generateSQLiteDrizzleJson({}), await generateSQLiteDrizzleJson(tables)),
    );
    const actual = readSchema(migrated);
    const expected = readSchema(described);
    expect(Object.keys(expected)).toHaveLength(Object.keys(tables).length);
    expect(actual).toEqual(expected);
  });

  test("drizzle-kit's last snapshot is the tables as they are: nothing is left to generate", async () => {
    const snapshots = readdirSync("migrations/d1/meta")
      .filter((name) => name.endsWith("_snapshot.json"))
      .sort();
    const latest = JSON.parse(readFileSync(`migrations/d1/meta/${snapshots.at(-1)}`, "utf8"));
    expect(await generateSQLiteMigration(latest, await generateSQLiteDrizzleJson(tables))).toEqual([]);
  });

  test.each(Object.entries(SOURCE_COLUMNS))("%s has the source's columns", (table, columns) => {
    expect(Object.keys(readSchema(migrated)[table]?.columns ?? {})).toEqual(expect.arrayContaining([...columns]));
  });

  test.each(Object.entries(SOURCE_INDEXES))("%s has the source's indexes and constraints", (table, indexes) => {
    const names = readSchema(migrated)[table]?.indexes.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...indexes]));
  });

  test("the source's checks on today's date are triggers", () => {
    const triggers = migrated
      .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'users' ORDER BY name")
      .all();
    expect(triggers.map(({ name }) => name)).toEqual(SOURCE_TRIGGERS);
  });
});

describe("the archive of messages", () => {
  const migrated = databaseWith(files.map(({ sql }) => sql));
  const columnsOf = (table: string) =>
    migrated
      .prepare("SELECT name FROM pragma_table_info(?)")
      .all(table)
      .map(({ name }) => String(name));
  const live = columnsOf("chat_messages");

  test("has the columns of chat_messages, and so have the view of both and the trigger that hands rows on", () => {
    expect(live.length).toBeGreaterThan(15);
    expect(columnsOf("chat_messages_archive")).toEqual(live);
    expect(columnsOf("chat_log")).toEqual(live);
    const trigger = migrated.prepare("SELECT sql FROM sqlite_master WHERE name = 'chat_messages_archived'").get();
    for (const column of live) expect(trigger?.sql).toContain(`NEW.\`${column}\``);
    const changing = live.filter((column) => column !== "room_id" && column !== "id");
    for (const column of changing) expect(trigger?.sql).toContain(`\`${column}\` = excluded.\`${column}\``);
  });
});

describe("valid_birth_date", () => {
  const database = databaseWith(files.map(({ sql }) => sql));
  const today = new Date();
  const yearsAgo = (years: number, days = 0) => {
    const day = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + days));
    return `${day.getUTCFullYear() - years}${day.toISOString().slice(4, 10)}`;
  };
  const insert = (birthDate: string) =>
    database
      .prepare("INSERT INTO users (email, english_name, birth_date) VALUES (?, 'Someone', ?)")
      .run(`${crypto.randomUUID()}@example.org`, birthDate);

  test.each([
    ["an adult", "1990-05-17"],
    ["the first day that counts", "1900-01-02"],
    ["someone who turned 14 yesterday", yearsAgo(14, -1)],
  ])("admits %s", (_, birthDate) => {
    expect(() => insert(birthDate)).not.toThrow();
  });

  test.each([
    ["someone who turns 13 tomorrow", yearsAgo(13, 1)],
    ["a birth before the twentieth century", "1900-01-01"],
    ["no date at all", "long ago"],
    ["a day that never was", "2001-02-30"],
    ["a time of day", "1990-05-17T00:00:00Z"],
  ])("refuses %s", (_, birthDate) => {
    expect(() => insert(birthDate)).toThrow("valid_birth_date");
  });

  test("holds for a later change as well, and lets other changes pass", () => {
    const { lastInsertRowid } = insert("1990-05-17");
    const change = (sql: string) => database.prepare(`UPDATE users SET ${sql} WHERE id = ?`).run(lastInsertRowid);
    expect(() => change("birth_date = '2999-01-01'")).toThrow("valid_birth_date");
    expect(() => change("english_name = 'Someone else'")).not.toThrow();
  });
});
