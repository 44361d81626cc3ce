/** Builds the production bundle and runs it on workerd, its sockets reached directly: no proxy between. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { buildBundle, migrateDatabase } from "../../support/bundle.ts";

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
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["nodejs_compat"],
      modules: buildBundle("test/bench/worker/wrangler.jsonc", join(folder, "bundle")),
      durableObjects: {
        CHAT_ROOM: { className: "ChatRoom", useSQLite: true },
        USER_PRESENCE: { className: "CountedPresence", useSQLite: true },
        LEARNING_SESSION: { className: "LearningSession", useSQLite: true },
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
        STUN_URLS: "",
        TURN_URLS: "",
        TURN_SECRET: "",
        CLOUDFLARE_TURN_KEY_ID: "",
        CLOUDFLARE_TURN_TOKEN: "",
      },
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      ...(inspectorPort !== undefined && { inspectorPort }),
    }),
  );
  const url = await miniflare.unsafeGetDirectURL();
  await migrateDatabase(await miniflare.getD1Database("DB"), "migrations/d1");
  await migrateDatabase(await miniflare.getD1Database("SEARCH"), "migrations/search");
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

/** Our own processes of this name: Miniflare does not tell which one is its. */
function childrenNamed(name: string): number[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ");
  return children
    .filter(Boolean)
    .map(Number)
    .filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === name);
}
