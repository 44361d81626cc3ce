/** A person's object that counts its calls to others. All objects of one workerd share one isolate, and so these counts. */
import { UserPresence } from "../../../objects/user-presence/user-presence.ts";

export interface Counts {
  /** By the person whose object called. */
  readonly calls: Readonly<Record<string, number>>;
  readonly mostInFlight: number;
}

let calls = new Map<string, number>();
let mostInFlight = 0;

/** Since they were taken last. */
export function takeCounts(): Counts {
  const counts = { calls: Object.fromEntries(calls), mostInFlight };
  calls = new Map();
  mostInFlight = 0;
  return counts;
}

export class CountedPresence extends UserPresence {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { ...env, USER_PRESENCE: counting(env.USER_PRESENCE, ctx.id.name ?? "") });
  }
}

function counting<Namespace extends DurableObjectNamespace>(real: Namespace, caller: string): Namespace {
  let inFlight = 0;
  const counted = async (call: () => Promise<unknown>) => {
    calls.set(caller, (calls.get(caller) ?? 0) + 1);
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    try {
      return await call();
    } finally {
      inFlight -= 1;
    }
  };
  return new Proxy(real, {
    get(namespace, property) {
      const value: unknown = Reflect.get(namespace, property);
      if (property !== "getByName") return typeof value === "function" ? value.bind(namespace) : value;
      return (name: string) => {
        const stub = namespace.getByName(name) as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>;
        return new Proxy(
          {},
          {
            get:
              (_, method) =>
              (...values: unknown[]) =>
                counted(async () => stub[String(method)]?.(...values)),
          },
        );
      };
    },
  });
}
