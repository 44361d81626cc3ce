import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { keptFile } from "./kept-file.ts";

export const SIGNING_KEY_FILE = "signing-key.env";

/**
 * The file with the key that access tokens are signed with, made at the first start: tokens stay valid over restarts.
 * It is written as variables for `wrangler dev --env-file`, so that the key is in no command line.
 */
export function signingKeyFile(stateFolder: string): string {
  const content = () => `AUTH_SECRET=${randomBytes(48).toString("base64url")}\n`;
  return keptFile(join(stateFolder, SIGNING_KEY_FILE), content);
}
