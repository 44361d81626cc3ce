/** Calls to providers: short, small, over TLS. One that is down is told from one that says no. */
import { allowInsecureRequests, customFetch, type ProtectedResourceRequestBody } from "oauth4webapi";

/** The provider does not answer, or not with sense: it may be tried again. */
export class ProviderUnavailable extends Error {
  override readonly name = "ProviderUnavailable";
}

const PATIENCE_MS = 5_000;
const MAX_BYTES = 256 * 1024;
/** A provider on this machine, to try things out. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** For each call of oauth4webapi. */
export function callOptions(address: URL) {
  return {
    [customFetch]: fetchFromProvider,
    [allowInsecureRequests]: address.protocol === "http:" && LOOPBACK.has(address.hostname),
  };
}

interface ProviderCall {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: ProtectedResourceRequestBody | undefined;
}

async function fetchFromProvider(url: string, { method, headers, body: sent }: ProviderCall): Promise<Response> {
  let response: Response;
  let body: ArrayBuffer;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: sent ?? null,
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    body = await response.arrayBuffer();
  } catch (error) {
    throw new ProviderUnavailable(`${new URL(url).host} does not answer`, { cause: error });
  }
  if (response.status >= 500 || response.status === 429) {
    throw new ProviderUnavailable(`${new URL(url).host} answers with ${response.status}`);
  }
  if (body.byteLength > MAX_BYTES) throw new Error(`${new URL(url).host} answers with too much`);
  // A whole answer, of which the library may take its time to make sense.
  return new Response(body.byteLength === 0 ? null : body, { status: response.status, headers: response.headers });
}
