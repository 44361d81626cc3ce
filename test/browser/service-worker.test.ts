import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ShellFiles } from "../../src/web/worker/shell-files.ts";
import { openBrowser, soon } from "./support.ts";

/** As it was built, for pages that the test makes up: what the build tells it stands in the first line. */
const [, ...workerLines] = readFileSync(join(import.meta.dirname, "../../dist/web/sw.js"), "utf8").split("\n");

/** A page of three files, released again and again. */
class Releases {
  version = 1;
  isAway = false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      if (this.isAway) return void request.socket.destroy();
      const file = this.#file(request.url ?? "");
      if (file === undefined) return void response.writeHead(404).end();
      response.writeHead(200, { "content-type": file.type }).end(file.body);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo; // a TCP server's address is never a path
    return `http://localhost:${port}/`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #file(path: string): { type: string; body: string } | undefined {
    const script = `/assets/page-${this.version}.js`;
    if (path === "/" || path.startsWith("/?")) {
      const start = `<script type="module" src="${script}"></script>`;
      return { type: "text/html", body: `<!doctype html><title>-</title>${start}` };
    }
    if (path === script)
      return { type: "text/javascript", body: `document.title = "version ${this.version}"; export {};` };
    if (path === "/v1/number") return { type: "application/json", body: String(this.version) };
    if (path !== "/sw.js") return undefined;
    const shell: ShellFiles = { version: String(this.version), files: ["/", script] };
    return { type: "text/javascript", body: `self.shell=${JSON.stringify(shell)};\n${workerLines.join("\n")}` };
  }
}

describe("The service worker", () => {
  const releases = new Releases();
  let browser: Browser;
  let page: Page;
  let url: string;

  beforeAll(async () => {
    url = await releases.listen();
    browser = await openBrowser();
    page = await (await browser.newContext()).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    releases.close();
  });

  const kept = () => page.evaluate(() => caches.keys());
  const number = () => page.evaluate(async () => (await fetch("/v1/number")).json());

  it("keeps the page, so that it opens when nobody serves it, whatever its query is", async () => {
    await page.goto(url);
    await page.evaluate(() => navigator.serviceWorker.register("/sw.js"));
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await soon(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    releases.isAway = true;
    await page.goto(`${url}?as=minji`);
    await soon(() => page.title()).toBe("version 1");
    releases.isAway = false;
  });

  it("shows a new version at the next load, and lets a tab of the last one load its parts", async () => {
    const older = await page.context().newPage();
    await older.goto(url);
    await soon(() => older.title()).toBe("version 1");
    releases.version = 2;
    await page.goto(url);
    await soon(() => page.title()).toBe("version 2");
    await soon(kept).toEqual(["studymate.shell.1", "studymate.shell.2"]);
    const part = await older.evaluate(async () => (await fetch("/assets/page-1.js")).status);
    expect(part).toBe(200);
    await older.close();
  });

  it("drops what is older than the last version", async () => {
    releases.version = 3;
    await page.goto(url);
    await soon(kept).toEqual(["studymate.shell.2", "studymate.shell.3"]);
    releases.isAway = true;
    await page.reload();
    await soon(() => page.title()).toBe("version 3");
    releases.isAway = false;
  });

  it("lets every question to the API through, and keeps no answer", async () => {
    expect(await number()).toBe(3);
    releases.version = 4;
    expect(await number()).toBe(4);
    releases.isAway = true;
    expect(await number().catch(() => "no answer")).toBe("no answer");
  });
});
