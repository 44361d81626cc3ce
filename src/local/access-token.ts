/**
 * What `npm run access-token -- <user id>` runs: prints an access token of that user, for an operator who holds the signing
 * secret. It comes from AUTH_SECRET in the environment, or else from the state folder. Nothing is asked of the server.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { issueAccessToken } from "../auth/tokens.ts";
import { runProgram } from "./program.ts";
import { Refusal } from "./refusal.ts";
import { readSettings } from "./settings.ts";
import { SIGNING_KEY_FILE } from "./signing-key.ts";

const projectFolder = join(import.meta.dirname, "../..");

async function run(): Promise<void> {
  const userId = Number(process.argv[2]);
  if (!Number.isSafeInteger(userId) || userId < 1) throw new Refusal("Say whose: npm run access-token -- <user id>");
  const { accessToken } = await issueAccessToken({ userId, deviceId: randomUUID() }, signingSecret(), new Date());
  console.log(accessToken);
}

function signingSecret(): string {
  if (process.env.AUTH_SECRET) return process.env.AUTH_SECRET;
  const file = join(readSettings(process.env, projectFolder).stateFolder, SIGNING_KEY_FILE);
  const secret = existsSync(file) ? parseEnv(readFileSync(file, "utf8")).AUTH_SECRET : undefined;
  if (!secret) throw new Refusal(`There is no signing secret: neither AUTH_SECRET is set nor is there ${file}.`);
  return secret;
}

await runProgram(run);
