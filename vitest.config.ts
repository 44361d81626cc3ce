import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

/** wrangler asks for required secrets in the environment, and says so in every file where they are missing. */
process.env.AUTH_SECRET ??= "a secret of the tests, 32 bytes long or more";

export default defineConfig(async () => ({
  test: {
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.jsonc" },
            miniflare: {
              bindings: {
                AUTH_SECRET: process.env.AUTH_SECRET,
                DEV_LOGIN: "true",
                NAVER_CLIENT_ID: "a client of the tests",
                NAVER_CLIENT_SECRET: "a secret of the tests",
                ALLOWED_ORIGINS: "https://app.example",
                // Of RFC 8291's example: nobody's.
                VAPID_PRIVATE_KEY: "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
                VAPID_SUBJECT: "mailto:operator@studymate.example",
                // How many stories the model test tells: MODEL_RUNS=500 npm test
                MODEL_RUNS: process.env.MODEL_RUNS ?? "60",
                D1_MIGRATIONS: await readD1Migrations("./migrations/d1"),
                SEARCH_MIGRATIONS: await readD1Migrations("./migrations/search"),
              },
            },
          }),
        ],
        test: {
          name: "workers",
          // As many as cores: by default one is left to a terminal. Tests that wait for something wait for longer then.
          maxWorkers: 2,
          testTimeout: 15_000,
          hookTimeout: 30_000,
          include: ["test/{rules,objects,routes,flows}/**/*.test.ts"],
          globalSetup: ["test/support/push-service-setup.ts"],
          setupFiles: ["test/support/setup.ts"],
        },
      },
      {
        test: {
          name: "node",
          include: ["test/*.test.ts", "test/client/**/*.test.ts", "test/web/**/*.test.ts"],
          environment: "node",
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/global-setup.ts"],
          environment: "node",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A browser on a busy machine now and then takes longer than anybody waits; the report names what was retried.
          retry: process.env.CI ? 1 : 0,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          environment: "node",
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Most of their time is waiting. Each starts a server of its own; more than two at once crowd a small machine.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}));
