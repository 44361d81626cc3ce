/**
 * The device's storage in browsers: one IndexedDB database with one table, opened when it is first needed. Two
 * operations need no library; each request's outcome is its transaction's.
 */
import type { ClientStorage, StoredRow } from "./storage.ts";

export interface IndexedDbOptions {
  /** Of the database; `studymate` if absent. */
  readonly name?: string;
}

/** The part of IndexedDB that is used; the Worker's types, which these files are checked with too, have none. */
interface Asked<Result> {
  readonly result: Result;
  readonly error: Error | null;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
  onupgradeneeded?: (() => void) | null;
}
interface Table {
  getAll(range: object): Asked<unknown[]>;
  getAllKeys(range: object): Asked<string[]>;
  put(value: unknown, key: string): unknown;
  delete(key: string): unknown;
}
interface Transaction {
  readonly error: Error | null;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  objectStore(name: string): Table;
  abort(): void;
}
interface Database {
  onversionchange: (() => void) | null;
  onclose: (() => void) | null;
  createObjectStore(name: string): unknown;
  transaction(table: string, mode: "readonly" | "readwrite"): Transaction;
  close(): void;
}
interface Globals {
  readonly indexedDB: { open(name: string, version: number): Asked<Database> };
  readonly IDBKeyRange: { bound(lower: string, upper: string): object };
}

const TABLE = "rows";
/** A higher number comes with an upgrade of its own. */
const VERSION = 1;

/** Rejects at each use where the runtime has no IndexedDB, or does not let it be used: private windows, a full disk. */
export function indexedDbStorage({ name = "studymate" }: IndexedDbOptions = {}): ClientStorage {
  let opening: Promise<Database> | undefined;

  const close = (): void => {
    opening?.then((database) => database.close()).catch(() => {});
    opening = undefined;
  };

  const open = (): Promise<Database> => {
    opening ??= openDatabase(name, close);
    opening.catch(close);
    return opening;
  };

  const begin = async (mode: "readonly" | "readwrite"): Promise<Transaction> => {
    const database = await open();
    try {
      return database.transaction(TABLE, mode);
    } catch {
      // Closed under our hands, by the browser or for an upgrade.
      close();
      return (await open()).transaction(TABLE, mode);
    }
  };

  return {
    async read(prefix) {
      let found: readonly StoredRow[] = [];
      await ended(await begin("readonly"), prefix, (rows) => {
        found = rows;
      });
      return found;
    },
    async update(prefix, change) {
      await ended(await begin("readwrite"), prefix, (rows, table) => {
        for (const { key, value } of change(rows)) {
          if (value === undefined) table.delete(key);
          else table.put(value, key);
        }
      });
    },
  };
}

function openDatabase(name: string, close: () => void): Promise<Database> {
  return new Promise((resolve, reject) => {
    const asked = (globalThis as unknown as Globals).indexedDB.open(name, VERSION); // throws where there is none
    asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE);
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      // A newer version of the application wants to upgrade: its tab goes first, the next use opens again.
      asked.result.onversionchange = close;
      asked.result.onclose = close;
      resolve(asked.result);
    };
  });
}

/** Hands the rows to `use`, which may write at once; settles with the transaction. */
function ended(
  transaction: Transaction,
  prefix: string,
  use: (rows: readonly StoredRow[], table: Table) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: unknown;
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(failure ?? transaction.error);
    const table = transaction.objectStore(TABLE);
    const range = (globalThis as unknown as Globals).IDBKeyRange.bound(prefix, `${prefix}\uffff`); // beside indexedDB
    const keys = table.getAllKeys(range);
    const values = table.getAll(range);
    values.onsuccess = () => {
      try {
        use(
          keys.result.map((key, at) => ({ key, value: values.result[at] })),
          table,
        );
      } catch (error) {
        failure = error;
        transaction.abort();
      }
    };
  });
}
