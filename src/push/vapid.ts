/**
 * Who sends, for push services (RFC 8292): a JWT for each of them, signed with the key that browsers subscribed for. The
 * public key is derived from the private one, so that the two cannot be of different pairs.
 */
import { base64url, SignJWT } from "jose";
import { logError } from "../../objects/kernel/log.ts";

/** RFC 8292 allows a day. */
const TOKEN_SECONDS = 12 * 60 * 60;
/** Then another is made: a service may compare with a clock of its own. */
const USED_MS = (TOKEN_SECONDS / 2) * 1_000;
const MAX_TOKENS = 100;

/** PKCS #8 of a key of P-256, up to its 32 bytes. */
const PKCS8_HEAD = [
  ...[0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08],
  ...[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20],
];
/** How a point begins that is written down whole. */
const UNCOMPRESSED = 4;

export interface VapidSettings {
  /** 32 bytes, base64url. */
  readonly VAPID_PRIVATE_KEY: string;
  /** `mailto:` or `https:`: whom a push service can turn to. Apple's refuses what is neither. */
  readonly VAPID_SUBJECT: string;
}

export class Vapid {
  /** The point, base64url. */
  readonly publicKey: string;
  readonly #key: CryptoKey;
  readonly #subject: string;
  readonly #tokens = new Map<string, { readonly token: string; readonly madeAt: number }>();

  constructor(key: CryptoKey, publicKey: string, subject: string) {
    this.#key = key;
    this.publicKey = publicKey;
    this.#subject = subject;
  }

  /** The `authorization` of a push to an endpoint of this origin. */
  async authorization(origin: string, now: number): Promise<string> {
    return `vapid t=${await this.#token(origin, now)}, k=${this.publicKey}`;
  }

  async #token(origin: string, now: number): Promise<string> {
    const known = this.#tokens.get(origin);
    if (known !== undefined && now - known.madeAt < USED_MS) return known.token;
    const token = await new SignJWT()
      .setProtectedHeader({ typ: "JWT", alg: "ES256" })
      .setAudience(origin)
      .setSubject(this.#subject)
      .setExpirationTime(Math.floor(now / 1_000) + TOKEN_SECONDS)
      .sign(this.#key);
    if (this.#tokens.size >= MAX_TOKENS) this.#tokens.clear();
    this.#tokens.set(origin, { token, madeAt: now });
    return token;
  }
}

/** Once made, and not while it is: a request must not wait for what another one began. */
let made: { readonly of: string; readonly vapid: Vapid | null } | undefined;

/** Null where push is not set up. */
export async function vapidOf({ VAPID_PRIVATE_KEY, VAPID_SUBJECT }: VapidSettings): Promise<Vapid | null> {
  const of = `${VAPID_PRIVATE_KEY} ${VAPID_SUBJECT}`;
  if (made?.of === of) return made.vapid;
  const vapid = await makeVapid(VAPID_PRIVATE_KEY, VAPID_SUBJECT);
  made = { of, vapid };
  return vapid;
}

async function makeVapid(privateKey: string, subject: string): Promise<Vapid | null> {
  if (!privateKey) return null;
  try {
    if (!/^[\w-]{43}$/.test(privateKey)) throw new Error("VAPID_PRIVATE_KEY is not 32 bytes in base64url");
    if (!/^(?:mailto:[^@\s]+@\S+|https:\/\/\S+)$/.test(subject)) {
      throw new Error("VAPID_SUBJECT is neither mailto: nor https:");
    }
    const { key, publicKey } = await importPrivateKey(privateKey);
    return new Vapid(key, publicKey, subject);
  } catch (error) {
    logError({ event: "push.not-set-up" }, error);
    return null;
  }
}

async function importPrivateKey(privateKey: string): Promise<{ key: CryptoKey; publicKey: string }> {
  const document = Uint8Array.from([...PKCS8_HEAD, ...base64url.decode(privateKey)]);
  const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
  const whole = await crypto.subtle.importKey("pkcs8", document, algorithm, true, ["sign"]);
  // In this format it is a JWK, not bytes.
  const jwk = (await crypto.subtle.exportKey("jwk", whole)) as JsonWebKey;
  const point = Uint8Array.from([UNCOMPRESSED, ...base64url.decode(jwk.x ?? ""), ...base64url.decode(jwk.y ?? "")]);
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);
  return { key, publicKey: base64url.encode(point) };
}
