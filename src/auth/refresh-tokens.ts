/**
 * Refresh tokens: 32 bytes that mean nothing by themselves, of which only hashes are stored. The successor of a token is
 * derived from it with a key of the server's, so that whoever lost the answer can be given the same one again.
 */
import { base64url } from "jose";
import { signingKey } from "../../objects/kernel/access-tokens.ts";
import { sha256 } from "../http/digest.ts";

const TOKEN_BYTES = 32;
/** Keys of one secret for different purposes know nothing of each other. */
const SUCCESSOR_PURPOSE = "studymate refresh token successor";

export function newRefreshToken(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
}

/** As tokens and codes are stored. */
export const storedHash = sha256;

/** SHA-256, base64url: as a page shows what it keeps to itself. */
export async function challengeOf(verifier: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

export async function successorOf(token: string, secret: string): Promise<string> {
  const key = await hmac(signingKey(secret), SUCCESSOR_PURPOSE);
  return base64url.encode(await hmac(key, token));
}

async function hmac(key: Uint8Array, text: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
}
