/** A browser's way through redirects: cookies by origin, one step at a time. */
export class CookieJar {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Without following where it leads. */
  async fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const cookies = this.of(origin);
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const name = pair.slice(0, pair.indexOf("="));
      const isOver = /; *max-age=0/i.test(line) || /; *expires=Thu, 01 Jan 1970/i.test(line);
      if (isOver) cookies.delete(name);
      else cookies.set(name, pair.slice(name.length + 1));
    }
    return response;
  }

  of(origin: string): Map<string, string> {
    const cookies = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, cookies);
    return cookies;
  }
}

/** Where a redirect leads. */
export function locationOf(response: Response, from: string | URL): URL {
  const location = response.headers.get("location");
  if (location === null) throw new Error(`${from} answers with ${response.status} and leads nowhere`);
  return new URL(location, from);
}
