import { expect, test } from "vitest";
import { type DraftStorage, Drafts } from "../../src/web/rooms/drafts.ts";

function memory(): DraftStorage & { readonly rows: Map<string, string> } {
  const rows = new Map<string, string>();
  return {
    rows,
    get length() {
      return rows.size;
    },
    key: (index) => [...rows.keys()][index] ?? null,
    getItem: (key) => rows.get(key) ?? null,
    setItem: (key, value) => void rows.set(key, value),
    removeItem: (key) => void rows.delete(key),
  };
}

test("a draft belongs to its person and its room", () => {
  const storage = memory();
  const minji = new Drafts("minji", storage);
  const emily = new Drafts("emily", storage);
  minji.set(1, "안녕");
  expect([minji.get(1), minji.get(2), emily.get(1)]).toEqual(["안녕", "", ""]);
  expect(new Drafts("minji", storage).get(1)).toBe("안녕");
});

test("what was sent or is blank leaves nothing behind", () => {
  const storage = memory();
  const drafts = new Drafts("minji", storage);
  drafts.set(1, "a");
  drafts.set(1, "  \n");
  expect(drafts.get(1)).toBe("");
  expect(storage.rows.size).toBe(0);
});

test("whoever listens hears of every change until they stop", () => {
  const drafts = new Drafts("minji", memory());
  let calls = 0;
  const stop = drafts.subscribe(() => {
    calls += 1;
  });
  drafts.set(1, "a");
  drafts.set(2, "b");
  stop();
  drafts.set(1, "");
  expect(calls).toBe(2);
});

test("another tab's change is known by its key", () => {
  const storage = memory();
  const drafts = new Drafts("minji", storage);
  drafts.set(7, "a");
  const [key = null] = storage.rows.keys();
  expect(drafts.owns(key)).toBe(true);
  expect(new Drafts("emily", storage).owns(key)).toBe(false);
  expect(drafts.owns(null)).toBe(false);
});

test("who signs out leaves no draft, and takes nobody else's away", () => {
  const storage = memory();
  const [minji, emily] = [new Drafts("minji", storage), new Drafts("emily", storage)];
  for (const roomId of [1, 2, 3]) minji.set(roomId, "a");
  emily.set(1, "b");
  minji.forget();
  expect([minji.get(1), minji.get(2), minji.get(3), emily.get(1)]).toEqual(["", "", "", "b"]);
  expect(storage.rows.size).toBe(1);
});
