/**
 * `npm run deploy` with a stand-in for wrangler that writes down what it was asked, since no account can be reached here; and
 * its dry run with the real one.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findProblems, mergeConfiguration, parseConfiguration } from "../../src/deploy/configuration.ts";
import { deploySettings, readObject } from "../../src/deploy/settings.ts";
import { judgeSize } from "../../src/deploy/size.ts";
import { type Ran, runToEnd } from "./support/program.ts";

const projectFolder = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "studymate-deploy-"));
const name = `deploy-test-${process.pid}`;
const merged = join(projectFolder, ".wrangler", `${name}.production.json`);
const config = join(".wrangler", `${name}.production.json`);

const SETTINGS = {
  name,
  databases: { DB: "11111111-2222-4333-8444-555555555555", SEARCH: "22222222-2222-4333-8444-555555555555" },
  namespaces: { CACHE: "0123456789abcdef0123456789abcdef" },
  buckets: { MEDIA: "our-media" },
  queues: { PUSH: "our-push" },
  allowedOrigins: ["https://app.example.org"],
};

afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(merged, { force: true });
});

function settingsFile(settings: object): string {
  const file = join(folder, "settings.jsonc");
  writeFileSync(file, `// Ours.\n${JSON.stringify(settings)}`);
  return file;
}

describe("the deployment", () => {
  const calls = join(folder, "calls");
  let readiness: Server;
  let isReady = true;

  beforeAll(async () => {
    readiness = createServer((request, response) => {
      response.writeHead(isReady && request.url === "/readyz" ? 200 : 503).end('{"status":"…"}');
    });
    await new Promise<void>((resolve) => readiness.listen(0, "127.0.0.1", resolve));
    const { port } = readiness.address() as AddressInfo; // a TCP server's address is never a path
    const standIn = `#!/usr/bin/env node
const { appendFileSync } = require("node:fs");
const { basename } = require("node:path");
const call = [basename(process.argv[1]), ...process.argv.slice(2)].join(" ");
appendFileSync(${JSON.stringify(calls)}, call + "\\n");
const { FAIL_AT, HANG_AT, GZIP_KIB = "250.00", SECRETS = '[{ "name": "AUTH_SECRET" }]' } = process.env;
if (HANG_AT && call.startsWith(HANG_AT)) setInterval(() => {}, 1_000);
else if (FAIL_AT && call.startsWith(FAIL_AT)) { console.error("It did not work."); process.exit(7); }
else if (call.includes("--dry-run")) console.log("Total Upload: 1000.00 KiB / gzip: " + GZIP_KIB + " KiB");
else if (call.startsWith("wrangler check startup")) console.log("│   Active: 42.5 ms");
else if (call.startsWith("wrangler secret list")) console.log(SECRETS);
else if (call.startsWith("wrangler deploy")) console.log("Deployed ${name} triggers\\n  http://127.0.0.1:${port}\\nCurrent Version ID: 1");
`;
    for (const tool of ["wrangler", "vite"]) writeFileSync(join(folder, tool), standIn, { mode: 0o755 });
  });

  afterAll(() => readiness.close());

  beforeEach(() => {
    rmSync(calls, { force: true });
    isReady = true;
  });

  const deploy = (environment: Record<string, string> = {}, ...args: string[]): Promise<Ran> =>
    runToEnd({
      program: "src/deploy/deploy.ts",
      args: ["--settings", settingsFile(SETTINGS), "--wait", "0", ...args],
      environment: { PATH: `${folder}${delimiter}${process.env.PATH}`, ...environment },
    });
  const called = (): string[] => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : []);

  const STEPS = [
    "vite build --logLevel warn",
    `wrangler deploy --dry-run --config ${merged}`,
    expect.stringMatching(`^wrangler check startup --config ${merged} --outfile `),
    `wrangler secret list --format json --config ${config}`,
    `wrangler d1 migrations apply DB --remote --config ${config}`,
    `wrangler d1 migrations apply SEARCH --remote --config ${config}`,
    `wrangler deploy --config ${config}`,
  ];

  it("builds, asks for the secrets, applies the migrations, sends the Worker, and asks whether it is ready", async () => {
    const { code, output } = await deploy();
    expect(output).toContain("/readyz answers: everything behind it does.");
    expect(output).toContain("The Worker is 1000 KiB, 250 KiB compressed (the free plan allows: 3 MB).");
    expect(output).toContain("42.5 ms");
    expect(code).toBe(0);
    expect(called()).toEqual(STEPS);
  });

  it("gives wrangler the tracked configuration with the operator's own names in it", async () => {
    await deploy();
    const written = JSON.parse(readFileSync(merged, "utf8"));
    expect(written).toMatchObject({
      name,
      main: join(projectFolder, "src/index.ts"),
      d1_databases: [
        { binding: "DB", database_id: SETTINGS.databases.DB, migrations_dir: join(projectFolder, "migrations/d1") },
        {
          binding: "SEARCH",
          database_id: SETTINGS.databases.SEARCH,
          migrations_dir: join(projectFolder, "migrations/search"),
        },
      ],
      kv_namespaces: [{ binding: "CACHE", id: SETTINGS.namespaces.CACHE }],
      r2_buckets: [{ binding: "MEDIA", bucket_name: "our-media" }],
      queues: {
        producers: [{ binding: "PUSH", queue: "our-push" }],
        consumers: [
          { queue: "our-push", max_batch_size: 10, dead_letter_queue: "our-push-given-up" },
          { queue: "our-push-given-up" },
        ],
      },
      vars: { DEV_LOGIN: "false", RATE_LIMITS: "on", ALLOWED_ORIGINS: "https://app.example.org" },
    });
    // A variable of the name would take the place of the secret.
    expect(JSON.stringify(written)).not.toMatch(/(?:GOOGLE|NAVER)_CLIENT|VAPID|TURN_/);
  });

  it.each([
    ["vite", 1, "npm run check"],
    ["wrangler deploy --dry-run", 2, "npm run check"],
    ["wrangler check startup", 3, "would not start"],
    ["wrangler secret list", 4, "wrangler login"],
    ["wrangler d1 migrations apply", 5, "The Worker that runs was not touched"],
    ["wrangler deploy --config .wrangler", 7, "they only gained"],
  ])("stops where `%s` fails, and says what to do", async (step, count, advice) => {
    const { code, output } = await deploy({ FAIL_AT: step });
    expect(code).toBe(1);
    expect(output).toContain("It did not work.");
    expect(output).toContain(advice);
    expect(called()).toEqual(STEPS.slice(0, count));
  });

  it("touches nothing while a secret is missing", async () => {
    const { code, output } = await deploy({ SECRETS: '[{ "name": "SOMETHING" }]' });
    expect(code).toBe(1);
    expect(output).toContain(
      "Not set: AUTH_SECRET. Set it: openssl rand -base64 48 | npx wrangler secret put AUTH_SECRET",
    );
    expect(called()).toEqual(STEPS.slice(0, 4));
  });

  it("finds the secrets among what wrangler warns of", async () => {
    const warning = "▲ [WARNING] Processing wrangler.jsonc: [something] is deprecated []";
    const list = JSON.stringify([{ name: "OTHER" }, { name: "AUTH_SECRET", type: "secret_text" }], null, 2);
    expect(await deploy({ SECRETS: [warning, list, warning].join("\n") })).toMatchObject({ code: 0 });
    expect(called()).toEqual(STEPS);
  });

  it("touches nothing where wrangler does not say which secrets are set", async () => {
    const { code, output } = await deploy({ SECRETS: "▲ [WARNING] nothing" });
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining("does not say which secrets") });
    expect(called()).toEqual(STEPS.slice(0, 4));
  });

  it("that was stopped is not taken for done", async () => {
    const { code } = await runToEnd({
      program: "src/deploy/deploy.ts",
      args: ["--settings", settingsFile(SETTINGS)],
      environment: { PATH: `${folder}${delimiter}${process.env.PATH}`, HANG_AT: "wrangler d1 migrations" },
      started: async (child) => {
        await expect.poll(called, { timeout: 20_000 }).toHaveLength(5);
        child.kill("SIGTERM");
      },
    });
    expect(code).toBe(130);
    expect(called()).toEqual(STEPS.slice(0, 5));
  });

  it("says that its tools are not there", async () => {
    const { code, output } = await deploy({ PATH: folder.replace(/$/, "-nowhere") });
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining("cannot be started") });
    expect(output).not.toMatch(/\n\s+at /);
  });

  it("waits for seconds, not for words", async () => {
    const { code, output } = await deploy({}, "--wait", "long");
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining("--wait takes seconds") });
    expect(called()).toEqual([]);
  });

  it("refuses a Worker that is too large for the platform", async () => {
    const { code, output } = await deploy({ GZIP_KIB: "9800.00" });
    expect(code).toBe(1);
    expect(output).toContain("more than the 10 MB allowed");
    expect(called()).toEqual(STEPS.slice(0, 2));
  });

  it("says how to go back where the new Worker does not get ready", async () => {
    isReady = false;
    const { code, output } = await deploy();
    expect(code).toBe(1);
    expect(output).toMatch(/Deployed, but http:\S+\/readyz answers 503 .*npx wrangler rollback --config /);
  });

  it("sends nothing in a dry run", async () => {
    const { code, output } = await deploy({}, "--dry-run");
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("nothing was sent") });
    expect(called()).toEqual(STEPS.slice(0, 3));
  });

  it.each<[string, object, string]>([
    ["an unknown setting", { ...SETTINGS, databse: {} }, "databse"],
    ["a database that is not named", { ...SETTINGS, databases: {} }, "databases.DB is missing"],
    ["a queue that is not named", { ...SETTINGS, queues: {} }, "queues.PUSH is missing"],
    ["a placeholder", { ...SETTINGS, namespaces: { CACHE: "0".repeat(32) } }, "namespaces.CACHE is missing"],
    ["an origin with a path", { ...SETTINGS, allowedOrigins: ["https://app.example.org/"] }, "is not an origin"],
    ["an origin without TLS", { ...SETTINGS, allowedOrigins: ["http://app.example.org"] }, "is not an origin"],
    ["every origin", { ...SETTINGS, allowedOrigins: ["*"] }, "is not an origin"],
  ])("refuses settings with %s before anything is run", async (_what, settings, says) => {
    const { code, output } = await runToEnd({
      program: "src/deploy/deploy.ts",
      args: ["--settings", settingsFile(settings)],
      environment: { PATH: `${folder}${delimiter}${process.env.PATH}` },
    });
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(says) });
    expect(called()).toEqual([]);
  });

  it("names the line of settings that are no JSON", async () => {
    const file = join(folder, "broken.jsonc");
    writeFileSync(file, '{\n  "name": "ours"\n  "databases": {}\n}');
    const { code, output } = await runToEnd({ program: "src/deploy/deploy.ts", args: ["--settings", file] });
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringMatching(/is no JSON: \w+ in line 3\.\n$/),
    });
  });

  it("says where the settings are to be", async () => {
    const { code, output } = await runToEnd({ program: "src/deploy/deploy.ts", args: ["--settings", "no-such.jsonc"] });
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^no-such.jsonc is not there.*docs/),
    });
  });
});

describe("a configuration", () => {
  const base = parseConfiguration(readObject(join(projectFolder, "wrangler.jsonc")));
  const fit = mergeConfiguration(base, deploySettings.parse(SETTINGS), projectFolder);

  it("is fit for production as the repository has it, with ids", () => {
    expect(findProblems(fit)).toEqual([]);
  });

  it.each([
    ["lets anybody sign in as anybody", { ...fit, vars: { ...fit.vars, DEV_LOGIN: "true" } }, /DEV_LOGIN/],
    ["lifts the limits", { ...fit, vars: { ...fit.vars, RATE_LIMITS: "off" } }, /RATE_LIMITS/],
    ["pushes without TLS", { ...fit, vars: { ...fit.vars, PUSH_ORIGINS: "http://localhost:9" } }, /PUSH_ORIGINS/],
    ["asks for no signing secret", { ...fit, secrets: { required: [] } }, /AUTH_SECRET/],
  ])("is not if it %s", (_what, configuration, problem) => {
    expect(findProblems(configuration)).toEqual([expect.stringMatching(problem)]);
  });

  it("has its own domain in place of the platform's", () => {
    const settings = deploySettings.parse({ ...SETTINGS, domain: "chat.example.org" });
    expect(mergeConfiguration(base, settings, projectFolder)).toMatchObject({
      routes: [{ pattern: "chat.example.org", custom_domain: true }],
      workers_dev: false,
    });
  });

  it.each([
    [2_000, true, "free"],
    [3_000, true, "paid"],
    [9_900, false, "10 MB"],
  ])("of %i KiB compressed: fits %s (%s)", (gzipKiB, fits, says) => {
    expect(judgeSize({ totalKiB: 20_000, gzipKiB })).toMatchObject({ fits, says: expect.stringContaining(says) });
  });
});

describe("the dry run with the real wrangler", () => {
  it("takes the production configuration, and the Worker is small and quick enough", async () => {
    const ran = await runToEnd({
      program: "src/deploy/deploy.ts",
      args: ["--settings", settingsFile(SETTINGS), "--dry-run"],
    });
    expect(ran).toMatchObject({ code: 0, output: expect.stringContaining("nothing was sent") });
    const [says] = /The Worker is .*/.exec(ran.output) ?? [];
    const [, milliseconds] = /Its code runs ([\d.]+) ms/.exec(ran.output) ?? [];
    console.log(`${says} Start-up: ${milliseconds} ms.`);
    expect(says).toContain("the free plan allows");
    expect(Number(milliseconds)).toBeLessThan(1_000);
  });
});
