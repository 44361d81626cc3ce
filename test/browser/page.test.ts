import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, Person, PHONE, sharedServer, soon } from "./support.ts";

/** Everything that is loaded before somebody clicks, compressed. */
const BUDGET_BYTES = 180_000;

describe("The page", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it("is small, and asks nobody but its own server", async () => {
    const page = await browser.newPage();
    const loaded: { url: string; bytes: number }[] = [];
    page.on("response", async (response) => {
      const body = await response.body().catch(() => Buffer.alloc(0));
      loaded.push({ url: response.url(), bytes: gzipSync(body).length });
    });
    await page.goto(`${sharedServer()}/?as=minji`, { waitUntil: "networkidle" });
    await page.getByRole("link").first().waitFor();
    expect(loaded.filter(({ url }) => !url.startsWith(sharedServer()))).toEqual([]);
    const shell = loaded.filter(({ url }) => !url.includes("/v1/") && !url.endsWith("sw.js"));
    const once = new Map(shell.map(({ url, bytes }) => [url, bytes]));
    const total = [...once.values()].reduce((sum, bytes) => sum + bytes, 0);
    console.log(`First load: ${Math.round(total / 1_000)} kB compressed, ${once.size} files`);
    expect(total).toBeGreaterThan(20_000);
    expect(total).toBeLessThan(BUDGET_BYTES);
    await page.close();
  });

  it("comes with headers that forbid what it does not need", async () => {
    const { headers } = await fetch(sharedServer());
    const policy = headers.get("content-security-policy") ?? "";
    for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toContain("script-src 'unsafe");
    // Files are fetched with a token, and shown from memory; nothing of another server is.
    expect(policy).toContain("img-src 'self' blob:; media-src blob:; connect-src 'self';");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    const manifest = await fetch(`${sharedServer()}/manifest.webmanifest`);
    expect(await manifest.json()).toMatchObject({ start_url: "/", icons: [{ type: "image/svg+xml" }, {}] });
  });

  it("changes its language and its colours while it is used, and remembers them", async () => {
    const emily = await Person.open(browser, "emily", { locale: "en-US" });
    const { page } = emily;
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const settings = async (from: string, choice: string) => {
      await page.getByRole("button", { name: from }).click();
      await page.getByRole("menuitemradio", { name: choice }).click();
      await page.keyboard.press("Escape");
      await page.getByRole("menu").waitFor({ state: "detached" });
    };
    await page.getByRole("link").first().waitFor();
    const light = await background();
    await settings("Settings", "Dark");
    expect(await background()).not.toBe(light);
    await settings("Settings", "한국어");
    await page.getByRole("heading", { name: "채팅방을 선택해 주세요" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ko");
    await page.reload();
    await page.getByRole("heading", { name: "채팅방을 선택해 주세요" }).waitFor();
    expect(await background()).not.toBe(light);
    await settings("설정", "기기 설정과 같게");
    expect(await background()).toBe(light);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ko");
    expect(emily.errors).toEqual([]);
    await emily.context.close();
  });

  it("fits a narrow phone, also when its keyboard takes half of it", async () => {
    const minji = await Person.open(browser, "minji", { locale: "ko-KR", ...PHONE });
    await minji.page.getByRole("link", { name: /언어 카페/ }).click();
    await minji.waitFor("live");
    const overflow = () => minji.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await overflow()).toBe(0);
    await minji.composer.fill("한 줄\n두 줄\n세 줄");
    await minji.page.setViewportSize({ width: PHONE.width, height: 380 });
    const box = await minji.composer.boundingBox();
    expect((box?.y ?? 999) + (box?.height ?? 999)).toBeLessThanOrEqual(380);
    await soon(() => minji.log.locator("article").last().isVisible()).toBe(true);
    const small = await minji.page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>("main button, main a.quote")]
          .filter((element) => element.offsetParent !== null)
          .map((element) => element.getBoundingClientRect())
          .filter(({ width, height }) => Math.min(width, height) < 24).length,
    );
    expect(small).toBe(0);
    await minji.context.close();
  });

  it("finds a room by its name or its people", async () => {
    const minji = await Person.open(browser, "minji", { locale: "ko-KR" });
    const links = minji.page.getByRole("navigation").getByRole("link");
    await links.first().waitFor();
    await minji.page.getByRole("searchbox", { name: minji.say.search }).fill("daniel");
    const named = (name: string) => links.locator(".room-name").getByText(name, { exact: true }).count();
    await soon(() => named("Emily Carter")).toBe(0);
    await soon(() => named("Daniel Brooks")).toBe(1);
    await minji.page.getByRole("searchbox").fill("zzz");
    await soon(() => links.count()).toBe(0);
    await minji.page.getByRole("button", { name: minji.say.closeSearch }).click();
    await soon(() => named("Emily Carter")).toBe(1);
    await minji.context.close();
  });
});
