/// <reference types="@cloudflare/vitest-pool-workers/types" />

declare namespace Cloudflare {
  interface Env {
    /** Read by vitest.config.ts, applied by test/support/setup.ts. */
    MODEL_RUNS: string;
    D1_MIGRATIONS: import("cloudflare:test").D1Migration[];
    SEARCH_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
