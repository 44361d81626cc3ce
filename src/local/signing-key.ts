import { randomBytes } from "node:crypto";
import { existsSync, linkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const SIGNING_KEY_FILE = "signing-key.env";

/**
 * The file with the key that access tokens are signed with, made at the first start: tokens stay valid over restarts.
 * It is written as variables for `wrangler dev --env-file`, so that the key is in no command line.
 */
export function signingKeyFile(stateFolder: string): string {
  const file = join(stateFolder, SIGNING_KEY_FILE);
  if (existsSync(file)) return file;
  // Written aside and then linked: the file is there whole or not at all, and a second start cannot replace it.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `AUTH_SECRET=${randomBytes(48).toString("base64url")}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return file;
}
