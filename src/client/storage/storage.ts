/** What a device keeps for the SDK, as an interface that an application can bring its own of; and the one in memory. */

/** A value that `structuredClone` and JSON can carry. Undefined, where rows are written: the row is deleted. */
export interface StoredRow {
  readonly key: string;
  readonly value: unknown;
}

/**
 * Rows by key, in the order of their keys. The SDK's keys begin with the server and the user, so one storage may serve
 * many. Everything may reject: the SDK then goes on in memory and says so through `debug`.
 *
 * To bring your own, e.g. SQLite on a phone: a table `rows (key TEXT PRIMARY KEY, value TEXT)`, values as JSON.
 */
export interface ClientStorage {
  /** The rows whose keys begin with `prefix`. */
  read(prefix: string): Promise<readonly StoredRow[]>;
  /**
   * In one transaction that excludes every other writer, also those of other tabs: reads as `read` does, and writes
   * what `change` answers at once. Rejects once nothing was written; resolves once all is.
   */
  update(prefix: string, change: (rows: readonly StoredRow[]) => readonly StoredRow[]): Promise<void>;
}

/** Keeps rows as long as the page lives: the default where there is nothing better, and handy in tests. */
export function memoryStorage(): ClientStorage {
  const values = new Map<string, unknown>();
  const read = (prefix: string): StoredRow[] =>
    [...values]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => ({ key, value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    read: async (prefix) => read(prefix),
    async update(prefix, change) {
      for (const { key, value } of change(read(prefix))) {
        if (value === undefined) values.delete(key);
        else values.set(key, value);
      }
    },
  };
}
