/** D1 as it is, with a list of what was read through its sessions. */
import { env } from "cloudflare:workers";

export interface RecordedRead {
  readonly query: string;
  readonly bindings: readonly unknown[];
  readonly rowsRead: number;
  readonly rowsReturned: number;
}

export function recordedDatabase(reads: RecordedRead[], of = env.DB): D1Database {
  return new Proxy(of, {
    get(database, property, receiver) {
      if (property !== "withSession") return Reflect.get(database, property, receiver);
      return (constraint: string) => recordedSession(database.withSession(constraint), reads);
    },
  });
}

type Asked = Pick<RecordedRead, "query" | "bindings">;

function recordedSession(session: D1DatabaseSession, reads: RecordedRead[]): D1DatabaseSession {
  const statements = new Map<unknown, { readonly statement: D1PreparedStatement; readonly asked: Asked }>();
  const record = <Row>({ query, bindings }: Asked, answer: D1Result<Row>): D1Result<Row> => {
    reads.push({ query, bindings, rowsRead: answer.meta.rows_read, rowsReturned: answer.results.length });
    return answer;
  };
  const recorded = (statement: D1PreparedStatement, asked: Asked): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, property) {
        if (property === "bind") {
          return (...values: unknown[]) => recorded(target.bind(...values), { ...asked, bindings: values });
        }
        if (property !== "all") throw new Error(`reads by ${String(property)} are not recorded`);
        return async () => record(asked, await target.all());
      },
    });
    statements.set(proxy, { statement, asked });
    return proxy;
  };
  return {
    prepare: (query) => recorded(session.prepare(query), { query, bindings: [] }),
    batch: async <Row>(proxies: D1PreparedStatement[]) => {
      const batch = proxies.map((proxy) => statements.get(proxy)).filter((one) => one !== undefined);
      const answers = await session.batch<Row>(batch.map(({ statement }) => statement));
      return answers.map((answer, index) => (batch[index] ? record(batch[index].asked, answer) : answer));
    },
    getBookmark: () => session.getBookmark(),
  };
}

export async function planOf({ query, bindings }: Asked, of = env.DB): Promise<string[]> {
  const statement = of.prepare(`EXPLAIN QUERY PLAN ${query}`).bind(...bindings);
  return (await statement.all<{ detail: string }>()).results.map(({ detail }) => detail);
}

/** D1 as it is, with the text of what it was asked. */
export function listeningDatabase(queries: Set<string>): D1Database {
  return new Proxy(env.DB, {
    get(database, property) {
      if (property === "prepare") {
        return (query: string) => {
          queries.add(query);
          return database.prepare(query);
        };
      }
      const value: unknown = Reflect.get(database, property);
      return typeof value === "function" ? value.bind(database) : value;
    },
  });
}

/** D1 as it is, with the rows that each statement of its batches wrote, or read. */
export function countingDatabase(counts: number[], what: "rows_written" | "rows_read" = "rows_written"): D1Database {
  return new Proxy(env.DB, {
    get(database, property) {
      if (property === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          const results = await database.batch(statements);
          counts.push(...results.map(({ meta }) => meta[what]));
          return results;
        };
      }
      const value: unknown = Reflect.get(database, property);
      return typeof value === "function" ? value.bind(database) : value;
    },
  });
}

/** Where one of these reads a table from one end to the other. */
export async function scansOf(queries: Iterable<string>): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all<{
    name: string;
  }>();
  const tables = new Set(results.map(({ name }) => name));
  const scans: string[] = [];
  for (const query of queries) {
    const numbers = [...query.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number));
    const count = Math.max(0, ...numbers) + [...query.matchAll(/\?(?!\d)/g)].length;
    const plan = await planOf({ query, bindings: Array(count).fill(null) });
    scans.push(...plan.filter((step) => tables.has(/^SCAN (\w+)/.exec(step)?.[1] ?? "")));
  }
  return scans;
}
