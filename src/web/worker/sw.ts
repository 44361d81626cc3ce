/**
 * The service worker: the page's own files, so that it opens without a network. It never touches the API, whose answers
 * the SDK keeps itself. What is pushed is in push.ts.
 */
import { listenForPushes } from "./push.ts";
import type { ShellFiles } from "./shell-files.ts";

// The global of a service worker, which the page's types do not know.
const worker = globalThis as unknown as ServiceWorkerGlobalScope & { readonly shell: ShellFiles };

const PREFIX = "studymate.shell.";
const CURRENT = PREFIX + worker.shell.version;
/** A tab of the last version may still load its parts. */
const VERSIONS_KEPT = 2;
const NETWORK_MS = 4_000;

async function install(): Promise<void> {
  const cache = await caches.open(CURRENT);
  await cache.addAll(worker.shell.files.map((file) => new Request(file, { cache: "no-cache" })));
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  const versions = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const others = versions.filter((name) => name !== CURRENT);
  await Promise.all(others.slice(0, 1 - VERSIONS_KEPT).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Names with a hash never change their content; everything else is asked for first, so that no version lasts. */
async function respond(request: Request, path: string): Promise<Response> {
  if (path.startsWith("/assets/")) return (await caches.match(path)) ?? fetch(request);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(NETWORK_MS) });
    if (answer.ok) return answer;
    return (await kept(path)) ?? answer;
  } catch {
    return (await kept(path)) ?? Response.error();
  }
}

async function kept(path: string): Promise<Response | undefined> {
  return (await caches.open(CURRENT)).match(path);
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const isOurs = origin === worker.location.origin && worker.shell.files.includes(pathname);
  const isOlderPart = origin === worker.location.origin && pathname.startsWith("/assets/");
  if (event.request.method === "GET" && (isOurs || isOlderPart)) event.respondWith(respond(event.request, pathname));
});
listenForPushes(worker);
