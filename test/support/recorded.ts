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
      return (constraint: string) => {
        const session = database.withSession(constraint);
        return { ...recordedStatements(session, reads), getBookmark: () => session.getBookmark() };
      };
    },
  });
}

/** What is asked of D1 itself, without a session: reads and writes. */
export function recordedPrimary(reads: RecordedRead[], of = env.DB): D1Database {
  const statements = recordedStatements(of, reads);
  return new Proxy(of, {
    get(database, property) {
      return property === "prepare" || property === "batch" ? statements[property] : Reflect.get(database, property);
    },
  });
}

type Asked = Pick<RecordedRead, "query" | "bindings">;

type Asks = Pick<D1DatabaseSession, "prepare" | "batch">;

function recordedStatements(session: Asks, reads: RecordedRead[]): Asks {
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
        if (property === "all" || property === "run") return async () => record(asked, await target.all());
        if (property === "first") {
          return async (column: string) =>
            Reflect.get(record(asked, await target.all()).results[0] ?? {}, column) ?? null;
        }
        throw new Error(`reads by ${String(property)} are not recorded`);
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
    // A plan calls a table as the query does.
    const aliases = new Map([...query.matchAll(/(\w+) AS (\w+)/g)].map(([, table = "", alias = ""]) => [alias, table]));
    const isTable = (name: string) => tables.has(name) || tables.has(aliases.get(name) ?? "");
    scans.push(...plan.filter((step) => isTable(/^SCAN (\w+)/.exec(step)?.[1] ?? "")));
  }
  return scans;
}
