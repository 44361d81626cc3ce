/**
 * `transactionSync` commits even when an async function later throws: its promise is no exception. This one refuses them.
 * Nested calls are savepoints: an inner one that throws rolls back alone.
 */
export function transaction<Value>(storage: Pick<DurableObjectStorage, "transactionSync">, work: () => Value): Value {
  return storage.transactionSync(() => {
    const value = work();
    if (value instanceof Promise) throw new TypeError("a transaction must be synchronous");
    return value;
  });
}
