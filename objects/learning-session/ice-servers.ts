/**
 * Where browsers find each other: STUN, and TURN with credentials for a few hours. TURN is one's own server, which shares a
 * secret with us (the "TURN REST" scheme of coturn), or Cloudflare's, which is asked for credentials. A call without TURN
 * reaches most people: what is not set up, or does not answer, is left out.
 */
import { z } from "zod";
import type { IceServer } from "../../schema/protocol/session/entities.ts";
import { logError } from "../kernel/log.ts";

export interface IceSettings {
  /** Comma-separated, as the others: `stun:stun.example.org:3478`. */
  readonly STUN_URLS: string;
  /** `turn:turn.example.org:3478?transport=udp`, `turns:…`. */
  readonly TURN_URLS: string;
  /** What one's own TURN servers know as well. */
  readonly TURN_SECRET: string;
  readonly CLOUDFLARE_TURN_KEY_ID: string;
  readonly CLOUDFLARE_TURN_TOKEN: string;
}

export interface IceServers {
  readonly iceServers: IceServer[];
  /** When the credentials end, epoch milliseconds; null: there are none. */
  readonly expiresAt: number | null;
}

export interface IceSeams {
  readonly now?: () => number;
  readonly fetch?: typeof fetch;
}

/** The longest session, the time before and behind it, and somewhat more: TURN servers ask again in the middle of a call. */
const CREDENTIAL_SECONDS = 5 * 60 * 60;
const PATIENCE_MS = 1_500;
const CLOUDFLARE = "https://rtc.live.cloudflare.com/v1/turn/keys";
/** Browsers refuse to speak to it, and wait before they say so. */
const CLOSED_TO_BROWSERS = /:53(?:\?|$)/;
const STUN = /^stuns?:[\w.[\]:-]+$/;
const TURN = /^turns?:[\w.[\]:-]+(?:\?transport=(?:udp|tcp))?$/;

export async function iceServersFor(
  settings: IceSettings,
  userId: number,
  { now = Date.now, fetch: send = (...request) => fetch(...request) }: IceSeams = {},
): Promise<IceServers> {
  const stun = urlsOf("STUN_URLS", settings.STUN_URLS, STUN);
  const expirySeconds = Math.floor(now() / 1_000) + CREDENTIAL_SECONDS;
  const turn = (await ownTurn(settings, userId, expirySeconds)) ?? (await cloudflareTurn(settings, send)) ?? [];
  return {
    iceServers: [...(stun.length > 0 ? [{ urls: stun }] : []), ...turn],
    expiresAt: turn.length > 0 ? expirySeconds * 1_000 : null,
  };
}

/** One address that is none makes a browser refuse the whole call. */
function urlsOf(setting: string, list: string, pattern: RegExp): string[] {
  const urls = list
    .split(",")
    .map((url) => url.trim())
    .filter((url) => url !== "");
  const wrong = urls.filter((url) => !pattern.test(url));
  if (wrong.length > 0) logError({ event: "ice.not-an-address", setting, addresses: wrong.join(" ") }, "left out");
  return urls.filter((url) => pattern.test(url));
}

async function ownTurn(
  { TURN_URLS, TURN_SECRET }: IceSettings,
  userId: number,
  expirySeconds: number,
): Promise<IceServer[] | null> {
  const urls = urlsOf("TURN_URLS", TURN_URLS, TURN);
  if (urls.length === 0 || TURN_SECRET === "") return null;
  const username = `${expirySeconds}:${userId}`;
  const bytes = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(TURN_SECRET), algorithm, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(username)));
  return [{ urls, username, credential: btoa(String.fromCharCode(...signature)) }];
}

const cloudflareServer = z.object({
  urls: z.union([z.string().transform((url) => [url]), z.array(z.string())]),
  username: z.string().optional(),
  credential: z.string().optional(),
});
/** One server or several, as it was asked for. */
const cloudflareAnswer = z.object({
  iceServers: z.union([cloudflareServer.transform((one) => [one]), z.array(cloudflareServer)]),
});

async function cloudflareTurn(
  { CLOUDFLARE_TURN_KEY_ID: keyId, CLOUDFLARE_TURN_TOKEN: token }: IceSettings,
  send: typeof fetch,
): Promise<IceServer[] | null> {
  if (keyId === "" || token === "") return null;
  try {
    const response = await send(`${CLOUDFLARE}/${encodeURIComponent(keyId)}/credentials/generate-ice-servers`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ ttl: CREDENTIAL_SECONDS }),
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw new Error(`it answers with ${response.status}`);
    const answer = cloudflareAnswer.safeParse(await response.json());
    if (!answer.success) throw new Error("its answer names no servers");
    return answer.data.iceServers.flatMap(({ urls, username, credential }) => {
      const usable = urls.filter((url) => TURN.test(url) && !CLOSED_TO_BROWSERS.test(url));
      // Its STUN is left out: which one is used is a setting of its own.
      return usable.length > 0 && username && credential ? [{ urls: usable, username, credential }] : [];
    });
  } catch (error) {
    logError({ event: "ice.cloudflare-away" }, error);
    return null;
  }
}
