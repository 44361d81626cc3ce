/**
 * What `npm run deploy` runs: checks, then the databases, then the Worker; it stops at the first thing that fails. Migrations
 * only add, so that the Worker that still runs goes on with the new tables (migrations/README.md).
 * `--dry-run` does all that needs no account. `--settings <file>` takes another file than `production.jsonc`, `--wait <seconds>`
 * gives the new Worker another time than a minute to get ready.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse as parseJsonc } from "jsonc-parser";
import { z } from "zod";
import { runProgram } from "../local/program.ts";
import { Refusal } from "../local/refusal.ts";
import { until } from "../local/until.ts";
import { findProblems, mergeConfiguration, parseConfiguration, type WorkerConfiguration } from "./configuration.ts";
import { readDeploySettings, readObject } from "./settings.ts";
import { bundleSize, judgeSize, startupMs } from "./size.ts";
import { Tools } from "./tools.ts";

const projectFolder = join(import.meta.dirname, "../..");

async function run(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    options: {
      "dry-run": { type: "boolean" },
      settings: { type: "string", default: "production.jsonc" },
      wait: { type: "string", default: "60" },
    },
  });
  const isDry = values["dry-run"] === true;
  const readyMs = Number(values.wait) * 1_000;
  if (!(readyMs >= 0)) throw new Refusal(`--wait takes seconds, not "${values.wait}".`);
  const file = resolve(projectFolder, values.settings);
  const settings = readDeploySettings(file);
  const shown = relative(projectFolder, file);
  if (settings === null && !isDry) {
    throw new Refusal(
      `${shown} is not there: it names the databases of your account. docs/deploy.md shows how to write it.`,
    );
  }
  const configuration = mergeConfiguration(
    parseConfiguration(readObject(join(projectFolder, "wrangler.jsonc"))),
    settings,
    projectFolder,
  );
  const problems = findProblems(configuration);
  if (settings === null) console.log(`${shown} is not there: built with the placeholders of wrangler.jsonc.`);
  else if (problems.length > 0) {
    throw new Refusal(
      `${shown} and wrangler.jsonc are not fit for production:\n${problems.map((one) => `  ${one}`).join("\n")}`,
    );
  } else console.log(`✓ ${shown} and wrangler.jsonc`);

  const merged = join(projectFolder, ".wrangler", `${configuration.name}.production.json`);
  mkdirSync(dirname(merged), { recursive: true });
  writeFileSync(merged, `${JSON.stringify(configuration, null, 2)}\n`);
  const tools = new Tools(projectFolder, signal);
  await build(tools, merged);
  if (isDry) console.log("Dry run: nothing was sent.");
  else
    await send(tools, {
      configuration,
      file: merged,
      domain: settings?.domain,
      readyMs,
      signal,
    });
}

/** All that needs no account. */
async function build(tools: Tools, file: string): Promise<void> {
  await tools.run({
    title: "Building the page",
    program: "vite",
    args: ["build", "--logLevel", "warn"],
    advice: "`npm run check` says more.",
  });
  const output = await tools.run({
    title: "Building the Worker",
    program: "wrangler",
    args: ["deploy", "--dry-run", "--config", file],
    advice: "`npm run check` says more.",
  });
  const size = bundleSize(output);
  if (size === null) throw new Refusal("wrangler no longer says how large the Worker is: adapt src/deploy/size.ts.");
  const { fits, says } = judgeSize(size);
  if (!fits) throw new Refusal(says);
  console.log(`  ${says}`);
  const profiles = mkdtempSync(join(tmpdir(), "studymate-startup-"));
  try {
    const profile = await tools.run({
      title: "Starting the Worker once",
      program: "wrangler",
      args: ["check", "startup", "--config", file, "--outfile", join(profiles, "startup.cpuprofile")],
      advice: "It would not start on the platform either.",
    });
    console.log(
      `  Its code runs ${startupMs(profile) ?? "an unknown number of"} ms before the first request (here; 1,000 allowed).`,
    );
  } finally {
    rmSync(profiles, { recursive: true });
  }
}

interface Deployment {
  readonly configuration: WorkerConfiguration;
  /** The merged configuration, for wrangler. */
  readonly file: string;
  readonly domain: string | undefined;
  /** How long it may take to answer that it is ready. */
  readonly readyMs: number;
  readonly signal: AbortSignal;
}

async function send(tools: Tools, { configuration, file, domain, readyMs, signal }: Deployment): Promise<void> {
  const config = ["--config", relative(projectFolder, file)];
  const setSecret = `Set it: openssl rand -base64 48 | npx wrangler secret put AUTH_SECRET ${config.join(" ")}`;
  const listed = await tools.run({
    title: "Asking which secrets are set",
    program: "wrangler",
    args: ["secret", "list", "--format", "json", ...config],
    advice: `Sign in with \`npx wrangler login\`. Where the Worker is new, it has no secrets yet. ${setSecret}`,
  });
  const missing = configuration.secrets.required.filter((name) => !secretNames(listed).includes(name));
  if (missing.length > 0) throw new Refusal(`Not set: ${missing.join(", ")}. ${setSecret}`);

  for (const { binding } of configuration.d1_databases.filter((database) => database.migrations_dir)) {
    await tools.run({
      title: `Applying the migrations of ${binding}`,
      program: "wrangler",
      args: ["d1", "migrations", "apply", binding, "--remote", ...config],
      advice: "The Worker that runs was not touched; what was applied stays. Put the migration right and deploy again.",
    });
  }
  const output = await tools.run({
    title: "Deploying the Worker",
    program: "wrangler",
    args: ["deploy", ...config],
    advice: "The databases are ahead of the Worker that runs, which suits it: they only gained. Deploy again.",
  });
  const address = domain === undefined ? workerAddress(output) : `https://${domain}`;
  if (address === null) throw new Refusal("Deployed, but wrangler names no address: look at /readyz yourself.");
  let answer = "nothing";
  const isReady = await until(
    async () => {
      const response = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
      answer = response === null ? "nothing" : `${response.status} ${await response.text()}`;
      return response?.ok === true;
    },
    { limitMs: readyMs, everyMs: 1_000, signal },
  );
  if (!isReady) {
    throw new Refusal(
      `Deployed, but ${address}/readyz answers ${answer}. A new domain takes some minutes: ask again. Or back to the version before: npx wrangler rollback ${config.join(" ")}`,
    );
  }
  console.log(`✓ ${address}/readyz answers: everything behind it does.`);
}

const secretList = z.array(z.object({ name: z.string() }));

/** The list stands in lines of its own, between whatever wrangler warns of. */
function secretNames(output: string): string[] {
  const [list = "null"] = /^\[(?:\]|[\s\S]*?\]$)/m.exec(output) ?? [];
  const listed = secretList.safeParse(parseJsonc(list));
  if (!listed.success) throw new Refusal(`wrangler does not say which secrets are set:\n${output}`);
  return listed.data.map(({ name }) => name);
}

/** What wrangler prints of where it deployed to. */
function workerAddress(output: string): string | null {
  return /^\s*(https?:\/\/\S+?)\/?\s*$/m.exec(output)?.[1] ?? null;
}

await runProgram(run);
