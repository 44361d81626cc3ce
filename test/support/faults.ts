/** Databases that fail on purpose, put into an object's environment, and storage that is lost: everything else stays real. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

export type Fault = "before" | "after" | "none";

/** D1 whose batches fail before they start, or after they were committed; reads fail with "before" too. */
export function faultyDatabase(fault: () => Fault, real: D1Database = env.DB): D1Database {
  return new Proxy(real, {
    get(database, property) {
      if (property === "withSession")
        return (constraint: string) => faultySession(database.withSession(constraint), fault);
      if (fault() === "before") throw new Error("D1_ERROR: Network connection lost.");
      const value: unknown = Reflect.get(database, property);
      return typeof value === "function" ? value.bind(database) : value;
    },
  });
}

/** D1 in which somebody else changes something right before each batch. */
export function changedBeforeBatch(change: () => Promise<unknown>, real: D1Database = env.DB): D1Database {
  return new Proxy(real, {
    get(database, property) {
      if (property === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          await change();
          return database.batch(statements);
        };
      }
      const value: unknown = Reflect.get(database, property);
      return typeof value === "function" ? value.bind(database) : value;
    },
  });
}

function faultySession(session: D1DatabaseSession, fault: () => Fault): D1DatabaseSession {
  return {
    prepare: (query) => {
      if (fault() === "before") throw new Error("D1_ERROR: Network connection lost.");
      return session.prepare(query);
    },
    batch: async <Row>(statements: D1PreparedStatement[]) => {
      if (fault() === "before") throw new Error("D1_ERROR: Network connection lost.");
      const results = await session.batch<Row>(statements);
      if (fault() === "after") throw new Error("D1_ERROR: Network connection lost.");
      return results;
    },
    getBookmark: () => session.getBookmark(),
  };
}

/** The main database, or that of the search index. */
export type DatabaseBinding = "DB" | "SEARCH";

/** Lets the object's flush meet `fault` until the returned function is called, or the object is made anew. */
export async function breakDatabase(
  stub: DurableObjectStub,
  fault: () => Fault,
  binding: DatabaseBinding = "DB",
): Promise<() => Promise<void>> {
  await replaceDatabase(stub, faultyDatabase(fault, env[binding]), binding);
  return () => replaceDatabase(stub, env[binding], binding);
}

/** Until the object is made anew. */
export function replaceDatabase(
  stub: DurableObjectStub,
  database: D1Database | undefined,
  binding: DatabaseBinding = "DB",
): Promise<void> {
  return replaceBinding(stub, binding, database);
}

/** Until the object is made anew. */
export function replaceBinding<Name extends keyof Env>(
  stub: DurableObjectStub,
  name: Name,
  binding: Env[Name] | undefined,
): Promise<void> {
  return runInDurableObject(stub, (instance) => {
    // Objects keep their environment in a protected field; replacing a binding there is the seam.
    const holder = instance as unknown as { env: Env };
    holder.env = { ...holder.env, [name]: binding };
  });
}

/** A call from one object to another: which of what, and the way to carry it out. */
export interface ObjectCall {
  readonly name: string;
  readonly method: string;
  carryOut(): Promise<unknown>;
}

/**
 * Objects that are reached only through `meet`, which may lose a call, carry it out late, or lose its answer; the objects
 * behind them stay real.
 */
export function objectsBehind<Namespace extends DurableObjectNamespace>(
  real: Namespace,
  meet: (call: ObjectCall) => Promise<unknown>,
): Namespace {
  return new Proxy(real, {
    get(namespace, property) {
      const value: unknown = Reflect.get(namespace, property);
      if (property !== "getByName") return typeof value === "function" ? value.bind(namespace) : value;
      return (name: string) =>
        new Proxy(namespace.getByName(name), {
          get: (_, method) => {
            // Anew for each call, as the object itself would: one that failed stays broken.
            const carryOut = (...values: unknown[]) => {
              const stub = namespace.getByName(name) as unknown as Record<
                string,
                (...all: unknown[]) => Promise<unknown>
              >;
              return stub[String(method)]?.(...values) ?? Promise.reject(new Error(`there is no ${String(method)}`));
            };
            return (...values: unknown[]) =>
              meet({ name, method: String(method), carryOut: () => carryOut(...values) });
          },
        });
    },
  });
}

/** What D1 still has of the room is all that is left of it. */
export async function loseStorage(roomId: number): Promise<void> {
  await runInDurableObject(env.CHAT_ROOM.getByName(String(roomId)), async (instance, { storage }) => {
    await storage.deleteAll();
    // Its cache of the room, private to the class, as a new instance would have it.
    (instance as unknown as { home: undefined }).home = undefined;
  });
}

/** The same of a session. */
export async function loseSession(sessionId: number): Promise<void> {
  await runInDurableObject(env.LEARNING_SESSION.getByName(String(sessionId)), async (instance, { storage }) => {
    await storage.deleteAll();
    (instance as unknown as { home: undefined }).home = undefined;
  });
}
