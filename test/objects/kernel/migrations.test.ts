import { describe, expect, it } from "vitest";
import { isEmpty, type Migration, migrate } from "../../../objects/kernel/migrations.ts";
import { withStorage } from "../../support/storage.ts";

const FIRST: Migration = { id: 1, name: "things", sql: "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)" };
const SECOND: Migration = { id: 2, name: "colour", sql: "ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'red'" };
const THIRD: Migration = {
  id: 3,
  name: "two statements",
  sql: "CREATE TABLE others (id INTEGER); CREATE INDEX others_id ON others (id);",
};
const ALL = [FIRST, SECOND, THIRD];

function schemaOf(storage: DurableObjectStorage): unknown[] {
  return storage.sql
    .exec("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '_cf%' ORDER BY name")
    .toArray();
}

function appliedIds(storage: DurableObjectStorage): unknown[] {
  return storage.sql
    .exec("SELECT id FROM _migrations ORDER BY id")
    .toArray()
    .map(({ id }) => id);
}

describe("an object's own database", () => {
  it("is empty before its first migration, and looking does not change that", () =>
    withStorage((storage) => {
      expect(isEmpty(storage)).toBe(true);
      expect(schemaOf(storage)).toEqual([]);
      migrate(storage, ALL);
      expect(isEmpty(storage)).toBe(false);
    }));

  it.each([0, 1, 2, 3])("comes to the same schema from step %i as from nothing", async (step) => {
    const fresh = await withStorage((storage) => {
      migrate(storage, ALL);
      return schemaOf(storage);
    });
    await withStorage((storage) => {
      if (step > 0) migrate(storage, ALL.slice(0, step));
      if (step > 0) storage.sql.exec("INSERT INTO things (id, name) VALUES (1, '하나')");
      migrate(storage, ALL);
      expect(schemaOf(storage)).toEqual(fresh);
      expect(appliedIds(storage)).toEqual([1, 2, 3]);
      if (step > 0)
        expect(storage.sql.exec("SELECT * FROM things").one()).toEqual({ id: 1, name: "하나", colour: "red" });
    });
  });

  it("applies nothing twice", () =>
    withStorage((storage) => {
      migrate(storage, ALL);
      const applied = storage.sql.exec("SELECT * FROM _migrations").toArray();
      migrate(storage, ALL);
      expect(storage.sql.exec("SELECT * FROM _migrations").toArray()).toEqual(applied);
    }));
});

describe("a list that contradicts what was applied is refused, and nothing changes", () => {
  const CONTRADICTIONS: [why: string, list: Migration[], message: RegExp][] = [
    ["changed", [{ ...FIRST, sql: `${FIRST.sql} STRICT` }, SECOND, THIRD], /migration 1 \(things\) was changed/],
    ["reordered", [{ ...SECOND, id: 1 }, { ...FIRST, id: 2 }, THIRD], /was changed/],
    ["with ids out of order", [SECOND, FIRST, THIRD], /migration 2 \(colour\) is out of order/],
    ["with one left out", [FIRST, THIRD], /migration 3 .* is out of order/],
    ["shorter than what was applied", [FIRST], /migration 2 was applied, but is no longer in the list/],
    ["empty", [], /migration 1 was applied/],
  ];

  it.each(CONTRADICTIONS)("%s", (_, list, message) =>
    withStorage((storage) => {
      migrate(storage, [FIRST, SECOND]);
      const before = schemaOf(storage);
      expect(() => migrate(storage, list)).toThrow(message);
      expect(schemaOf(storage)).toEqual(before);
      expect(appliedIds(storage)).toEqual([1, 2]);
    }),
  );

  it("but a renamed one is the same", () =>
    withStorage((storage) => {
      migrate(storage, [FIRST]);
      migrate(storage, [{ ...FIRST, name: "what there is" }, SECOND]);
      expect(appliedIds(storage)).toEqual([1, 2]);
    }));
});

describe("a migration that fails", () => {
  const BROKEN: Migration = { id: 3, name: "broken", sql: "CREATE TABLE half (id INTEGER); CREATE TABLE things (id)" };

  it("leaves an empty database empty, its earlier steps included", () =>
    withStorage((storage) => {
      expect(() => migrate(storage, [FIRST, SECOND, BROKEN])).toThrow();
      expect(isEmpty(storage)).toBe(true);
      expect(schemaOf(storage)).toEqual([]);
    }));

  it("leaves a database at the step where it stood, its data included", () =>
    withStorage((storage) => {
      migrate(storage, [FIRST]);
      storage.sql.exec("INSERT INTO things (id, name) VALUES (1, 'one')");
      const before = schemaOf(storage);
      expect(() => migrate(storage, [FIRST, SECOND, BROKEN])).toThrow();
      expect(schemaOf(storage)).toEqual(before);
      expect(appliedIds(storage)).toEqual([1]);
      migrate(storage, ALL);
      expect(storage.sql.exec("SELECT name, colour FROM things").one()).toEqual({ name: "one", colour: "red" });
    }));
});
