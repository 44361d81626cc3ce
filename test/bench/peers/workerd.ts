/** Builds the production bundle and runs it on workerd, its sockets reached directly: no proxy between. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

export const BENCH_SECRET = "a secret of the benchmark, 32 bytes long or more";

export interface WorkerdServer {
  readonly url: string;
  /** workerd's own process. */
  readonly pid: number;
  stop(): Promise<void>;
}

export interface WorkerdOptions {
  /** Where a debugger finds it. */
  readonly inspectorPort?: number;
  /** Where its databases lie, and stay after the end; without it they are new, and go. */
  readonly folder?: string;
}

export async function startWorkerd({ inspectorPort, folder: kept }: WorkerdOptions = {}): Promise<WorkerdServer> {
  const earlier = childrenNamed("workerd");
  const folder = kept ?? mkdtempSync(join(tmpdir(), "studymate-bench-"));
  execFileSync("wrangler", [
    "deploy",
    "--dry-run",
    "--outdir",
    join(folder, "bundle"),
    "-c",
    "test/bench/worker/wrangler.jsonc",
  ]);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["nodejs_compat"],
      modules: bundleModules(join(folder, "bundle")),
      durableObjects: {
        CHAT_ROOM: { className: "ChatRoom", useSQLite: true },
        USER_PRESENCE: { className: "CountedPresence", useSQLite: true },
        BARE_ROOM: { className: "BareRoom", useSQLite: true },
      },
      d1Databases: ["DB", "SEARCH"],
      kvNamespaces: ["CACHE"],
      r2Buckets: ["MEDIA"],
      resourcePersistencePath: join(folder, "databases"),
      bindings: {
        AUTH_SECRET: BENCH_SECRET,
        DEV_LOGIN: "true",
        RATE_LIMITS: "off",
        ALLOWED_ORIGINS: "",
      },
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      ...(inspectorPort !== undefined && { inspectorPort }),
    }),
  );
  const url = await miniflare.unsafeGetDirectURL();
  await migrate(await miniflare.getD1Database("DB"), "migrations/d1");
  await migrate(await miniflare.getD1Database("SEARCH"), "migrations/search");
  const pid = childrenNamed("workerd").find((child) => !earlier.includes(child));
  if (pid === undefined) throw new Error("workerd is not among our processes");
  return {
    url: url.href,
    pid,
    stop: async () => {
      await miniflare.dispose();
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function migrate(database: Awaited<ReturnType<Miniflare["getD1Database"]>>, folder: string): Promise<void> {
  if (await database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'flush_positions'").first()) return;
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  for (const file of files.toSorted()) {
    for (const statement of readFileSync(join(folder, file), "utf8").split("--> statement-breakpoint")) {
      await database.prepare(statement).run();
    }
  }
}

/** Our own processes of this name: Miniflare does not tell which one is its. */
function childrenNamed(name: string): number[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ");
  return children
    .filter(Boolean)
    .map(Number)
    .filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === name);
}

function bundleModules(folder: string): { type: "ESModule" | "Text"; path: string; contents: string }[] {
  const names = readdirSync(folder).filter((name) => name === "worker.js" || name.endsWith(".sql"));
  return names
    .toSorted((a) => (a === "worker.js" ? -1 : 1))
    .map((path) => ({
      type: path.endsWith(".sql") ? "Text" : "ESModule",
      path,
      contents: readFileSync(join(folder, path), "utf8"),
    }));
}
