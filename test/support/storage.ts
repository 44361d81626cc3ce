/** A database of an object's own, for tests of the kernel: of an object that was never created. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Each call gets an empty one; it is real: transactions, alarms and all. */
export function withStorage<Value>(use: (storage: DurableObjectStorage) => Value | Promise<Value>): Promise<Value> {
  const stub = env.CHAT_ROOM.getByName(`nobody-${crypto.randomUUID()}`);
  return runInDurableObject(stub, (_, { storage }) => use(storage));
}

/** Waits for a condition, with a limit. */
export async function until(condition: () => boolean, what: string, limitMs = 5_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
