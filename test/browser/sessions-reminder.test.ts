/** What is told of a session in the moment in which its door opens, in a real browser. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findings } from "./axe.ts";
import { demoClient, planIn } from "./held-session.ts";
import { openBrowser, Person } from "./support.ts";

const TEN_MINUTES_MS = 600_000;

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

describe("Ten minutes before a session", () => {
  it("one is told above everything, wherever one is, with the way to it", async () => {
    const sofia = await Person.open(browser, "sofia", { locale: "ko-KR" });
    const { page, plans } = sofia;
    await page.getByRole("navigation").getByRole("link").first().click();
    await sofia.waitFor("live");
    const [one, other] = await Promise.all([demoClient("sofia"), demoClient("seoyeon")]);
    const title = `곧 시작 ${Date.now()}`;
    const id = await planIn(TEN_MINUTES_MS + 4_000, { host: other, guest: one, title });
    const banner = page.locator(".reminder");
    await banner.getByText(title).waitFor();
    await sofia.screenshot("sessions-reminder");
    expect(await findings(sofia)).toEqual([]);
    expect(await sofia.composer.isVisible()).toBe(true);
    await banner.getByRole("link", { name: plans.reminder.join }).click();
    await page.locator(".call-page").getByRole("heading", { name: title }).waitFor();
    expect(page.url()).toMatch(new RegExp(`#sessions/${id}/call$`));
    expect(await banner.count()).toBe(0);
    expect(sofia.errors).toEqual([]);
    for (const { client } of [one, other]) client.close();
    await sofia.context.close();
  });
});
