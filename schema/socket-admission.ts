/**
 * How the Worker hands an admitted socket to its object: a fresh upgrade request that carries these headers and nothing
 * of the client's own. Both sides read and write them here alone.
 */
import { z } from "zod";
import { BEARER_SUBPROTOCOL_PREFIX, type Encoding, SUBPROTOCOLS, type Subprotocol } from "./protocol/version.ts";
import type { SocketIdentity } from "./rpc.ts";
import { userId } from "./values.ts";

export const ADMISSION_HEADERS = {
  identity: "x-studymate-identity",
  encoding: "x-studymate-encoding",
  requestId: "x-request-id",
  /** The subprotocol to echo; absent where the client offered none. */
  subprotocol: "sec-websocket-protocol",
} as const;

const identity = z.object({
  userId,
  deviceId: z.string().min(1).max(64),
  expiresAt: z.int().min(0),
});

/** Base64 of JSON in UTF-8: header values are bytes, not text. */
export function encodeIdentity({ userId, deviceId, expiresAt }: SocketIdentity): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify({ userId, deviceId, expiresAt }))));
}

/** Null for anything that `encodeIdentity` did not make. */
export function decodeIdentity(header: string | null): SocketIdentity | null {
  if (header === null) return null;
  try {
    const bytes = Uint8Array.from(atob(header), (byte) => byte.charCodeAt(0));
    const { success, data } = identity.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return success ? data : null;
  } catch {
    return null;
  }
}

export interface SubprotocolOffer {
  /** To be echoed: a client that offered something fails unless one of its own comes back. */
  readonly echo: string | null;
  readonly encoding: Encoding;
  /** The access token that a browser put there. */
  readonly token: string | null;
}

/** Reads a client's `Sec-WebSocket-Protocol`: the first name we know decides, JSON where there is none. */
export function readSubprotocols(header: string | null): SubprotocolOffer {
  const offered = (header ?? "").split(",").map((name) => name.trim());
  const known = offered.find(isKnown);
  const bearer = offered.find((name) => name.startsWith(BEARER_SUBPROTOCOL_PREFIX));
  return {
    echo: known ?? bearer ?? null,
    encoding: known === undefined ? "json" : SUBPROTOCOLS[known],
    token: bearer?.slice(BEARER_SUBPROTOCOL_PREFIX.length) ?? null,
  };
}

function isKnown(name: string): name is Subprotocol {
  return Object.hasOwn(SUBPROTOCOLS, name);
}
