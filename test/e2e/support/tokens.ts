/** Tokens that nobody should accept, and the key of a server to make them with. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACCESS_TOKEN } from "../../../objects/kernel/access-tokens.ts";

/** The secret that `npm start` made in its state folder. */
export function secretOf(stateFolder: string): string {
  return readFileSync(join(stateFolder, "signing-key.env"), "utf8").trim().replace("AUTH_SECRET=", "");
}

/** A good token with its header replaced by `alg: none` and its signature removed. */
export function withoutSignature(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: "none", typ: ACCESS_TOKEN.typ })).toString("base64url");
  return `${header}.${token.split(".")[1]}.`;
}
