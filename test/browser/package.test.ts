/** The package in an application that Vite builds, in a real browser: the SDK, its storage and its test kit. */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildClientPackage } from "../../src/client-package/build.ts";
import { openBrowser } from "./support.ts";

const MODULES = join(import.meta.dirname, "../../node_modules");
/** A secure page's origin; nothing listens there, the test answers. */
const ORIGIN = "http://localhost:1";

/** Writes while the network is away, and says at the next load what the device kept, and that it was sent. */
const APPLICATION = `
import { createClient } from "studymate/client";
import { scriptedRoom, testNetwork } from "studymate/testing";

const server = scriptedRoom();
const network = testNetwork({ WebSocket: server.WebSocket, fetch: server.fetch });
const { WebSocket, fetch } = network;
const token = () => server.token(1);
const client = createClient({ baseUrl: server.baseUrl, WebSocket, fetch, token, userId: 1, random: () => 0 });
const room = client.room(server.id);
Object.assign(window, {
  server,
  network,
  room,
  stored: () => new Promise((resolve) => {
    const asked = indexedDB.open("studymate");
    asked.onsuccess = () => {
      const all = asked.result.transaction("rows").objectStore("rows").getAllKeys();
      all.onsuccess = () => { asked.result.close(); resolve(all.result); };
    };
  }),
});
`;

const app = mkdtempSync(join(tmpdir(), "studymate-app-"));
let browser: Browser;

beforeAll(async () => {
  await buildClientPackage(join(app, "node_modules/studymate"));
  symlinkSync(join(MODULES, "msgpackr"), join(app, "node_modules/msgpackr"));
  mkdirSync(join(app, "src"));
  writeFileSync(join(app, "index.html"), '<!doctype html><script type="module" src="/src/main.js"></script>');
  writeFileSync(join(app, "src/main.js"), APPLICATION);
  await build({ root: app, configFile: false, logLevel: "warn" });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  rmSync(app, { recursive: true, force: true });
});

async function openApplication() {
  const page = await (await browser.newContext()).newPage();
  const [script = ""] = globSync("dist/assets/*.js", { cwd: app });
  await page.route(`${ORIGIN}/**`, (route) => {
    const isScript = route.request().url().endsWith(".js");
    const body = readFileSync(join(app, isScript ? script : "dist/index.html"), "utf8");
    return route.fulfill({ body, contentType: isScript ? "text/javascript" : "text/html" });
  });
  await page.goto(ORIGIN);
  /** The value of an expression in the page. */
  const see = (expression: string) => page.evaluate(expression);
  return { page, see };
}

describe("An application of Vite's", () => {
  it("keeps what was written without a network over a reload, and sends it once", async () => {
    const { page, see } = await openApplication();
    await see("room.whenLive()");
    expect(await see("room.send('하나').then(({ id }) => id)")).toBe(1);
    await see("network.cut(), void room.send('나중에')");
    await expect.poll(() => see("stored().then((keys) => keys.some((key) => key.includes('/outbox/')))")).toBe(true);
    expect(await see("server.messages.length")).toBe(1);

    await page.reload();
    await expect.poll(() => see("server.messages.map(({ content }) => content)")).toEqual(["나중에"]);
    await expect.poll(() => see("room.getSnapshot().outbox.length")).toBe(0);
    await expect.poll(() => see("stored().then((keys) => keys.some((key) => key.includes('/outbox/')))")).toBe(false);
  });
});
