/**
 * Which addresses pushes are sent to. An endpoint is what a client says: only those of known push services are taken, so
 * that nobody has the server call what only it can reach.
 */

/** Chrome and Edge on most systems, Firefox, Safari, Edge on Windows. Each with the hosts below it. */
const PUSH_SERVICES = [
  "fcm.googleapis.com",
  "push.services.mozilla.com",
  "push.apple.com",
  "notify.windows.com",
] as const;

/** A push service on this machine, to try things out. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

export interface EndpointSettings {
  /** Comma-separated origins of further push services. */
  readonly PUSH_ORIGINS: string;
  readonly DEV_LOGIN: string;
}

export function isPushEndpoint(endpoint: string, settings: EndpointSettings): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  // Read in one way only: what a parser would put right could be put right otherwise elsewhere.
  if (url.href !== endpoint || url.username !== "" || url.password !== "" || url.hash !== "") return false;
  return isOfKnownService(url) || furtherOrigins(settings).includes(url.origin);
}

function isOfKnownService({ protocol, host }: URL): boolean {
  return protocol === "https:" && PUSH_SERVICES.some((service) => host === service || host.endsWith(`.${service}`));
}

/** Without TLS only where anybody may be anybody anyway, and never beyond this machine. */
function furtherOrigins({ PUSH_ORIGINS, DEV_LOGIN }: EndpointSettings): string[] {
  return PUSH_ORIGINS.split(",").flatMap((entry) => {
    const origin = entry.trim();
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) return [];
    const { protocol, hostname } = new URL(origin);
    const isTaken = protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname) && DEV_LOGIN === "true");
    return isTaken ? [origin] : [];
  });
}
