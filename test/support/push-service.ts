/**
 * A push service on this machine, and the browsers that have subscribed there. It takes only what a real one would
 * (RFC 8030, RFC 8292) and what the browser can decrypt, with another implementation than ours; anything else is answered
 * with 400, and told. Tests inside workerd ask it over HTTP for the same.
 */
/// <reference path="./http-ece.d.ts" />
import { createECDH, type ECDH, randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { decrypt } from "http_ece";
import { importJWK, jwtVerify } from "jose";

/** What is answered in place of 201, one after the other. */
export type Fault = { readonly status: number; readonly headers?: Record<string, string> } | "hang";

export interface SubscriptionBody {
  readonly endpoint: string;
  readonly expirationTime: null;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface ReceivedPush {
  readonly payload: unknown;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly publicKey: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: number;
}

export interface BrowserReport {
  /** Requests that came, whatever they were answered with. */
  readonly requests: number;
  readonly received: readonly ReceivedPush[];
  /** What was wrong with those that were not taken. */
  readonly complaints: readonly string[];
}

interface Browser {
  readonly ecdh: ECDH;
  readonly auth: string;
  readonly faults: Fault[];
  requests: number;
  readonly received: ReceivedPush[];
  readonly complaints: string[];
}

const MAX_BODY_BYTES = 4_096;
const DAY_SECONDS = 24 * 60 * 60;
const MARGIN_SECONDS = 60;

export class PushService {
  readonly #server: Server;
  readonly #browsers = new Map<string, Browser>();
  origin = "";

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo; // a TCP server's address is never a path
    this.origin = `http://127.0.0.1:${port}`;
    return this;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** A new browser's subscription, as `PushSubscription.toJSON()` has it. */
  subscribe(...faults: readonly Fault[]): SubscriptionBody {
    const id = randomUUID();
    const ecdh = createECDH("prime256v1");
    ecdh.generateKeys();
    const auth = randomBytes(16).toString("base64url");
    this.#browsers.set(id, { ecdh, auth, faults: [...faults], requests: 0, received: [], complaints: [] });
    const p256dh = ecdh.getPublicKey("base64url");
    return { endpoint: `${this.origin}/push/${id}`, expirationTime: null, keys: { p256dh, auth } };
  }

  reportOf({ endpoint }: Pick<SubscriptionBody, "endpoint">): BrowserReport {
    const browser = this.#browsers.get(endpoint.split("/").at(-1) ?? "");
    if (!browser) throw new Error("no such browser");
    const { requests, received, complaints } = browser;
    return { requests, received, complaints };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", this.origin);
    const body = await buffer(request);
    if (pathname === "/subscribe")
      return void response.end(JSON.stringify(this.subscribe(...JSON.parse(String(body)))));
    if (pathname === "/report") return void response.end(JSON.stringify(this.reportOf(JSON.parse(String(body)))));
    const browser = this.#browsers.get(pathname.replace("/push/", ""));
    if (!browser) return void response.writeHead(404).end();
    browser.requests += 1;
    const fault = browser.faults.shift();
    if (fault === "hang") return;
    if (fault) return void response.writeHead(fault.status, fault.headers).end("not now");
    try {
      browser.received.push(await this.#read(request, body, browser));
      response.writeHead(201, { location: `${this.origin}/message/${randomUUID()}` }).end();
    } catch (error) {
      browser.complaints.push(String(error));
      response.writeHead(400).end(String(error));
    }
  }

  async #read({ headers, method }: IncomingMessage, body: Buffer, browser: Browser): Promise<ReceivedPush> {
    must(method === "POST", `it is a ${method}`);
    must(headers["content-encoding"] === "aes128gcm", `its encoding is ${headers["content-encoding"]}`);
    must(/^\d+$/.test(headers.ttl?.toString() ?? ""), "it has no TTL");
    must(/^[\w-]{1,32}$/.test(headers.topic?.toString() ?? "none"), "its topic is not base64url of 32 at most");
    must(body.length <= MAX_BODY_BYTES, `it has ${body.length} bytes`);
    const [, token = "", publicKey = ""] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(headers.authorization ?? "") ?? [];
    const point = Buffer.from(publicKey, "base64url");
    must(point.length === 65 && point[0] === 4, "k is no point");
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
    const key = await importJWK({ kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" }, "ES256");
    const { payload: claims } = await jwtVerify(token, key, { algorithms: ["ES256"], audience: this.origin });
    const lifetime = (claims.exp ?? Number.POSITIVE_INFINITY) - Date.now() / 1_000;
    must(lifetime > MARGIN_SECONDS && lifetime <= DAY_SECONDS, `exp is in ${lifetime} s`);
    must(/^(?:mailto:|https:)/.test(claims.sub ?? ""), `sub is ${claims.sub}`);
    const plain = decrypt(body, { version: "aes128gcm", privateKey: browser.ecdh, authSecret: browser.auth });
    return { payload: JSON.parse(plain.toString()), claims, publicKey, headers, bytes: body.length };
  }
}

function must(holds: boolean, complaint: string): void {
  if (!holds) throw new Error(complaint);
}

export function startPushService(): Promise<PushService> {
  return new PushService().listen();
}
