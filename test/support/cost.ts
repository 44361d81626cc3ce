/** Rows that objects write, alarms included, and calls that they make to each other: counted from a moment on. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectsBehind, replaceBinding } from "./faults.ts";

/** Counts what the object writes from now on, until it is made anew; alarms cost a row each. */
export async function countRows(stub: DurableObjectStub): Promise<() => Promise<number>> {
  let rows = 0;
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  await runInDurableObject(stub, (_, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    const setAlarm = storage.setAlarm.bind(storage);
    const counting = (query: string, ...bindings: SqlStorageValue[]) => {
      // The cursor knows its rows once it was read to its end: the sum is taken when it is asked for.
      const cursor = exec(query, ...bindings);
      cursors.push(cursor);
      return cursor;
    };
    Object.defineProperty(storage.sql, "exec", { value: counting, configurable: true });
    Object.defineProperty(storage, "setAlarm", {
      value: (time: number) => {
        rows += 1;
        return setAlarm(time);
      },
      configurable: true,
    });
  });
  // The cursors belong to the object: only there can they be asked.
  return () =>
    runInDurableObject(stub, () => {
      rows += cursors.splice(0).reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
      return rows;
    });
}

/** Counts the calls that an object makes to people's objects from now on, until it is made anew. */
export async function countCalls(stub: DurableObjectStub): Promise<() => number> {
  let calls = 0;
  const counting = objectsBehind(env.USER_PRESENCE, ({ carryOut }) => {
    calls += 1;
    return carryOut();
  });
  await replaceBinding(stub, "USER_PRESENCE", counting);
  return () => calls;
}
