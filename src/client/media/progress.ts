/** `fetch` tells nobody how much of a body has left; the older way of browsers does. For answers that are small. */
export type Fetch = typeof globalThis.fetch;

/** The part of `XMLHttpRequest` that is used; Node and Workers, whose types these files are checked with too, have none. */
interface Sender {
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null };
  readonly status: number;
  readonly response: ArrayBuffer;
  responseType: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getAllResponseHeaders(): string;
  send(body: unknown): void;
  abort(): void;
}

/** A `fetch` for one request with a body, which tells how much of it has left; undefined where the runtime cannot. */
export function fetchTelling(onProgress: (part: number) => void): Fetch | undefined {
  const { XMLHttpRequest } = globalThis as unknown as { XMLHttpRequest?: new () => Sender };
  if (XMLHttpRequest === undefined) return undefined;
  return (input, { method = "GET", headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const sender = new XMLHttpRequest();
      const fail = () => reject(new TypeError("The request failed."));
      sender.open(method, String(input));
      sender.responseType = "arraybuffer";
      new Headers(headers).forEach((value, name) => {
        sender.setRequestHeader(name, value);
      });
      sender.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
      sender.onload = () => resolve(answerOf(sender));
      sender.onerror = fail;
      sender.onabort = fail;
      if (signal?.aborted) return fail();
      signal?.addEventListener("abort", () => sender.abort());
      sender.send(body);
    });
}

function answerOf(sender: Sender): Response {
  const headers = new Headers();
  for (const line of sender.getAllResponseHeaders().trim().split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const { status } = sender;
  return new Response(status === 204 ? null : sender.response, { status, headers });
}
