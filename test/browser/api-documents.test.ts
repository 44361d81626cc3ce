/** `/docs` in a real browser: readable with nothing but this server, without a script, in any light and on a phone. */
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openApiDocument } from "../../src/api-documents/http/openapi.ts";
import { asyncApiDocument } from "../../src/api-documents/sockets/asyncapi.ts";
import { openBrowser } from "./support.ts";

const baseUrl = process.env.STUDYMATE_URL ?? "http://localhost:8787";
const screenshots = process.env.STUDYMATE_SCREENSHOTS;

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

interface Look {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  readonly javaScriptEnabled?: boolean;
}

/** A page that reaches this server alone: whatever else is asked for is refused, and noted. */
async function open(path: string, { width = 1_280, colorScheme = "light", javaScriptEnabled = true }: Look = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const foreign: string[] = [];
  const own: string[] = [];
  const complaints: string[] = [];
  await page.route("**/*", (route) => {
    const { origin, pathname } = new URL(route.request().url());
    if (origin === baseUrl) {
      own.push(pathname);
      return route.continue();
    }
    foreign.push(route.request().url());
    return route.abort();
  });
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const response = await page.goto(`${baseUrl}${path}`);
  expect(response?.status()).toBe(200);
  return { page, foreign, own, complaints, headers: response?.headers() ?? {} };
}

async function screenshot(page: Page, name: string): Promise<void> {
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png` });
}

describe.each([
  { path: "/docs", heading: "Create a room", link: "Create a room", says: "POST", name: "docs" },
  { path: "/docs/sockets", heading: "message.send", link: "message.send", says: "clientId", name: "docs-sockets" },
])("$path", ({ path, heading, link, says, name }) => {
  test(`shows ${heading}, asking for nothing but itself and its style sheet`, async () => {
    const { page, foreign, own, complaints, headers } = await open(path);
    await page.getByRole("navigation", { name: "Contents" }).getByRole("link", { name: link }).click();
    const title = page.getByRole("heading", { name: heading, exact: true });
    await title.waitFor();
    expect(await title.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(300);
    expect(await page.locator("section", { has: title }).first().textContent()).toContain(says);
    expect(foreign).toEqual([]);
    expect(new Set(own)).toEqual(new Set([path, "/docs/docs.css", "/icon.svg"]));
    expect(complaints).toEqual([]);
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'self'; img-src 'self'; base-uri/,
    );
    expect(headers["content-security-policy"]).not.toMatch(/unsafe|script-src|connect-src/);
    await screenshot(page, name);
  });

  test("needs no script", async () => {
    const { page } = await open(path, { javaScriptEnabled: false });
    await page.getByRole("heading", { name: heading, exact: true }).waitFor();
    expect(await page.locator("script").count()).toBe(0);
  });

  test.each([
    { width: 390, colorScheme: "light" },
    { width: 390, colorScheme: "dark" },
    { width: 1_280, colorScheme: "dark" },
  ] as const)("fits $width pixels in the $colorScheme, and is accessible there", async (look) => {
    const { page } = await open(path, look);
    expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
      look.colorScheme === "dark" ? "rgb(18, 24, 26)" : "rgb(255, 255, 255)",
    );
    // Its policy refuses scripts that are put into the page; what the debugger runs is not bound by it.
    await page.evaluate(axe.source);
    const violations = "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + nodes[0].html))";
    expect(await page.evaluate(violations)).toEqual([]);
    await screenshot(page, `${name}-${look.width}-${look.colorScheme}`);
  });

  test("has no link that leads nowhere", async () => {
    const { page } = await open(path);
    const linked = await page
      .locator('a[href^="#"]')
      .evaluateAll((links) => links.map((one) => one.getAttribute("href")));
    const ids = await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
    expect(linked.filter((to) => !ids.includes(to?.slice(1) ?? ""))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});

describe("the documents", () => {
  test.each([
    ["/v1/openapi.json", openApiDocument],
    ["/v1/asyncapi.json", asyncApiDocument],
  ] as const)("%s is what the schemas make, for any tool to read", async (path, make) => {
    const response = await fetch(`${baseUrl}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(make())));
  });

  test("nothing of them is among the files that the web page keeps", async () => {
    const serviceWorker = await fetch(`${baseUrl}/sw.js`);
    expect(serviceWorker.status).toBe(200);
    expect(await serviceWorker.text()).not.toMatch(/docs\.html|openapi\.json/);
  });
});
