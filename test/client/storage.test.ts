/** The two storages that come with the SDK keep one contract. */
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type ClientStorage, indexedDbStorage, memoryStorage } from "../../src/client/index.ts";

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("IDBKeyRange", IDBKeyRange);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
});

const storages: Record<string, () => ClientStorage> = { IndexedDB: () => indexedDbStorage(), memory: memoryStorage };

describe.each(Object.entries(storages))("Storage in %s", (_, open) => {
  it("reads the rows of a prefix, in the order of their keys", async () => {
    const storage = open();
    await storage.update("", () => ["b/2", "a/1", "b/1", "b", "c"].map((key) => ({ key, value: { key } })));
    expect(await storage.read("b/")).toEqual([
      { key: "b/1", value: { key: "b/1" } },
      { key: "b/2", value: { key: "b/2" } },
    ]);
    expect((await storage.read("")).map(({ key }) => key)).toEqual(["a/1", "b", "b/1", "b/2", "c"]);
  });

  it("writes and deletes in one transaction, from what it has read", async () => {
    const storage = open();
    await storage.update("n", () => [{ key: "n", value: 0 }]);
    const add = () => storage.update("n", ([row]) => [{ key: "n", value: Number(row?.value) + 1 }]);
    await Promise.all(Array.from({ length: 20 }, add));
    expect(await storage.read("n")).toEqual([{ key: "n", value: 20 }]);
    await storage.update("n", (rows) => rows.map(({ key }) => ({ key, value: undefined })));
    expect(await storage.read("")).toEqual([]);
  });

  it("writes nothing where the change fails", async () => {
    const storage = open();
    const failing = storage.update("", () => {
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await storage.read("")).toEqual([]);
  });
});

describe("Storage in IndexedDB", () => {
  const openNewer = (version: number) =>
    new Promise<void>((resolve, reject) => {
      const asked = (globalThis as unknown as { indexedDB: IDBFactory }).indexedDB.open("studymate", version);
      asked.onsuccess = () => {
        asked.result.close();
        resolve();
      };
      asked.onerror = () => reject(asked.error);
    });

  it("makes way for a newer version of the application, and then says that it cannot be used", async () => {
    const storage = indexedDbStorage();
    await storage.update("", () => [{ key: "a", value: 1 }]);
    await openNewer(2);
    await expect(storage.read("")).rejects.toMatchObject({ name: "VersionError" });
  });

  it("opens again after the browser has closed it", async () => {
    const storage = indexedDbStorage();
    await storage.update("", () => [{ key: "a", value: 1 }]);
    await openNewer(1);
    expect(await storage.read("a")).toEqual([{ key: "a", value: 1 }]);
  });

  it("writes nothing of a change of which one row cannot be stored", async () => {
    const storage = indexedDbStorage();
    const rows = [
      { key: "a", value: 1 },
      { key: "b", value: () => {} },
    ];
    await expect(storage.update("", () => rows)).rejects.toMatchObject({ name: "DataCloneError" });
    expect(await storage.read("")).toEqual([]);
  });

  it("keeps databases of other names apart", async () => {
    await indexedDbStorage({ name: "one" }).update("", () => [{ key: "a", value: 1 }]);
    expect(await indexedDbStorage({ name: "two" }).read("")).toEqual([]);
  });
});
