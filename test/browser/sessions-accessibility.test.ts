/** Every view of one's sessions, with axe-core in four looks; and what of it fits a narrow phone. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findings } from "./axe.ts";
import { demoClient, inviteIn } from "./held-session.ts";
import { farDay, openCalendar, planSession, sessionIdOf } from "./planning.ts";
import { LOOKS, openBrowser, Person, sharedServer, soon } from "./support.ts";

const DAY_MS = 86_400_000;

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

describe.each(LOOKS.map((look, number) => ({ ...look, number })))("axe finds nothing: $name", (look) => {
  let seoyeon: Person;

  beforeAll(async () => {
    seoyeon = await Person.open(browser, "seoyeon", look);
  });
  afterAll(() => seoyeon?.context.close());

  const named = (name: string) => seoyeon.page.getByRole("button", { name }).last();
  /** And nothing is wider than the window. */
  const check = async (view: string) => {
    await seoyeon.screenshot(`sessions-${view}, ${look.name}`.replace(/\W+/g, "-").toLowerCase());
    expect(await findings(seoyeon)).toEqual([]);
    expect(await seoyeon.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  };

  it("in the form, with what is wrong, and with a series", async () => {
    const { page, plans } = seoyeon;
    await openCalendar(seoyeon);
    await page.getByRole("link", { name: plans.book }).click();
    await page.getByRole("heading", { name: plans.form.title, level: 1 }).waitFor();
    await page.getByLabel(plans.form.time, { exact: true }).fill("");
    await named(plans.form.send).click();
    await page.getByText(plans.problems.nobody).waitFor();
    await check("form-refused");
    await page.getByRole("radio", { name: plans.types.GROUP_VIDEO }).check();
    await page.getByRole("checkbox", { name: plans.form.weekly }).check();
    await check("form-series");
  });

  it("in a session, in what its host can do, and in the week", async () => {
    const { page, plans } = seoyeon;
    const day = farDay(90 + look.number);
    await planSession(seoyeon, {
      with: "Sofia Alvarez",
      day,
      time: "19:00",
      title: "발음 연습 · Pronunciation",
      weeks: 2,
    });
    await sessionIdOf(seoyeon);
    await page.getByText(plans.details.series).waitFor();
    await check("details");
    for (const sheet of ["reschedule", "edit", "invite", "cancel"] as const) {
      await named(plans.details[sheet]).click();
      await page.getByRole("dialog").waitFor();
      await check(sheet);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await page.getByRole("button", { name: plans.details.back }).click();
    await page.getByText("발음 연습").first().waitFor();
    await check("week");
    await page.getByRole("button", { name: plans.week.next }).click();
    await page.getByRole("button", { name: plans.week.next }).click();
    await soon(() => page.getByText("발음 연습").count()).toBe(0);
    await check("week-empty");
  });

  it("in an invitation, and in the settings of one’s own calendar", async () => {
    const { page, plans } = seoyeon;
    const [host, guest] = await Promise.all([demoClient("sofia"), demoClient("seoyeon")]);
    const id = await inviteIn((look.number + 2) * DAY_MS, { host, guest, title: "Books" });
    for (const { client } of [host, guest]) client.close();
    await page.goto(`${sharedServer()}/?as=seoyeon#sessions`);
    // In the list of all that wait, or where it stands in the week.
    await page.locator('main a[data-standing="asked"]').first().waitFor();
    await check("invitations");
    await page.goto(`${sharedServer()}/?as=seoyeon#sessions/${id}`);
    await page.getByText(plans.answer.asks("Sofia Alvarez")).waitFor();
    await check("asked");
    await page.goto(`${sharedServer()}/?as=seoyeon#calendar`);
    await named(plans.feed.make).click();
    await page.getByLabel(plans.feed.address).waitFor();
    await check("feed");
    expect(seoyeon.errors).toEqual([]);
  });
});
