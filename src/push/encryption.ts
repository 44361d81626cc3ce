/**
 * The body of a push: encrypted for one browser (RFC 8291) as a single record of `aes128gcm` (RFC 8188). Neither the push
 * service nor anybody between can read it, or change it unnoticed.
 */
import { base64url } from "jose";

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const SALT_BYTES = 16;
/** At least as long as any body of ours is. */
const RECORD_BYTES = 4_096;
/** Behind the plaintext of the last record. */
const DELIMITER = 2;

const encoder = new TextEncoder();
const KEY_INFO = encoder.encode("WebPush: info\0");
const CONTENT_KEY_INFO = encoder.encode("Content-Encoding: aes128gcm\0");
const NONCE_INFO = encoder.encode("Content-Encoding: nonce\0");

/** What a browser has given of itself, base64url. */
export interface BrowserKeys {
  readonly p256dh: string;
  readonly auth: string;
}

/** New for each push. A test gives what an example was made with. */
export interface Ephemeral {
  readonly salt: Uint8Array;
  readonly keys: CryptoKeyPair;
}

export async function encryptFor(
  browser: BrowserKeys,
  plaintext: Uint8Array,
  ephemeral?: Ephemeral,
): Promise<Uint8Array> {
  const { salt, keys } = ephemeral ?? (await newEphemeral());
  const browserKey = base64url.decode(browser.p256dh);
  const ownKey = await exportPoint(keys.publicKey);
  // The runtime's `public` is called `$public` in its types.
  const exchange = { name: "ECDH", public: await importPoint(browserKey) } as SubtleCryptoDeriveKeyAlgorithm;
  const shared = await crypto.subtle.deriveBits(exchange, keys.privateKey, 256);
  const secret = await derive(new Uint8Array(shared), {
    salt: base64url.decode(browser.auth),
    info: joined(KEY_INFO, browserKey, ownKey),
    bytes: 32,
  });
  const contentKey = await derive(secret, { salt, info: CONTENT_KEY_INFO, bytes: 16 });
  const nonce = await derive(secret, { salt, info: NONCE_INFO, bytes: 12 });
  const key = await crypto.subtle.importKey("raw", contentKey, "AES-GCM", false, ["encrypt"]);
  const padded = joined(plaintext, Uint8Array.of(DELIMITER));
  const record = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, padded);
  return joined(salt, bigEndian(RECORD_BYTES), Uint8Array.of(ownKey.length), ownKey, new Uint8Array(record));
}

/** Whether it is a point of the curve: with one that is not, nothing could ever be encrypted. */
export async function isPublicKey(p256dh: string): Promise<boolean> {
  return importPoint(base64url.decode(p256dh)).then(
    () => true,
    () => false,
  );
}

async function newEphemeral(): Promise<Ephemeral> {
  const keys = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  // Of an algorithm with two keys it is a pair.
  return { salt: crypto.getRandomValues(new Uint8Array(SALT_BYTES)), keys: keys as CryptoKeyPair };
}

function importPoint(point: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", point, CURVE, false, []);
}

async function exportPoint(key: CryptoKey): Promise<Uint8Array> {
  // In this format it is bytes, not a JWK.
  return new Uint8Array((await crypto.subtle.exportKey("raw", key)) as ArrayBuffer);
}

async function derive(
  secret: Uint8Array,
  { salt, info, bytes }: { readonly salt: Uint8Array; readonly info: Uint8Array; readonly bytes: number },
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, bytes * 8));
}

function bigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
