/** Weeks of sessions in browsers whose clocks differ: a series over the day on which clocks change, and the week by keyboard. */

import type { Browser } from "playwright-core";
import { Temporal } from "temporal-polyfill";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillTime, openCalendar, planSession, sessionIdOf } from "./planning.ts";
import { openBrowser, Person, PHONE, sharedServer, soon } from "./support.ts";

const SEOUL = "Asia/Seoul";
const NEW_YORK = "America/New_York";

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** The next day on which clocks are changed in New York. */
function nextChange() {
  const change = Temporal.Now.zonedDateTimeISO(NEW_YORK).add({ weeks: 2 }).getTimeZoneTransition("next");
  if (change === null) throw new Error("New York changes its clocks.");
  return { day: change.toPlainDate(), isForward: change.hoursInDay < 24 };
}

/** The next day that has an hour less. */
function changeOfSpring() {
  const { day, isForward } = nextChange();
  const later = day.toZonedDateTime(NEW_YORK).add({ days: 1 }).getTimeZoneTransition("next");
  return isForward || later === null ? day : later.toPlainDate();
}

/** What stands in the calendar's week. */
const blocks = ({ page }: Person, title: string) => page.locator(".session-block").filter({ hasText: title });
const nextWeek = ({ page, plans }: Person) => page.getByRole("button", { name: plans.week.next }).click();

describe("A weekly series", () => {
  const title = `Every week ${Date.now()}`;
  const { day: changes, isForward } = nextChange();
  const first = changes.subtract({ days: 3 }).toString();
  let emily: Person;
  let minji: Person;
  let id: number;

  beforeAll(async () => {
    [emily, minji] = await Promise.all([
      Person.open(browser, "emily", { locale: "en-US", timezoneId: NEW_YORK }),
      Person.open(browser, "minji", { locale: "ko-KR", timezoneId: SEOUL }),
    ]);
  });

  it("stays at its hour for whoever plans it, also when clocks change", async () => {
    await planSession(emily, { with: "Minji Kim", day: first, time: "18:30", title, weeks: 3 });
    id = await sessionIdOf(emily);
    await emily.page.getByText(emily.plans.details.series).waitFor();
    await emily.page.getByRole("button", { name: emily.plans.details.back }).click();
    for (let week = 0; week < 3; week += 1) {
      await soon(() => blocks(emily, title).count()).toBe(1);
      expect(await blocks(emily, title).textContent()).toMatch(/6:30 – 7:30\sPM/);
      await nextWeek(emily);
    }
    await soon(() => blocks(emily, title).count()).toBe(0);
    await emily.screenshot("sessions-series");
  });

  it("is an hour earlier or later for whose clocks do not change", async () => {
    const { page, plans } = minji;
    await page.goto(`${sharedServer()}/?as=minji#sessions/${id}`);
    await page.getByText(plans.answer.asks("Emily Carter")).waitFor();
    await page.getByRole("button", { name: plans.details.back }).click();
    const seen: (string | null)[] = [];
    for (let week = 0; week < 2; week += 1) {
      await soon(() => blocks(minji, title).count()).toBe(1);
      seen.push(await blocks(minji, title).locator(".session-block-time").textContent());
      await nextWeek(minji);
    }
    const [summer, winter] = ["오전 7:30~8:30", "오전 8:30~9:30"];
    expect(seen).toEqual(isForward ? [winter, summer] : [summer, winter]);
  });

  it("is answered for all of its weeks at once, but for those whose time is taken", async () => {
    const { page, plans } = minji;
    // The second week, where it is a day later in Seoul.
    const second = changes.add({ days: 5 }).toString();
    await planSession(minji, {
      with: "Daniel Brooks",
      day: second,
      time: isForward ? "08:00" : "09:00",
      title: "Taken",
    });
    await sessionIdOf(minji);
    await page.goto(`${sharedServer()}/?as=minji#sessions/${id}`);
    await page.getByRole("checkbox", { name: plans.answer.forAll }).check();
    await page.getByRole("button", { name: plans.answer.confirm }).click();
    await page.getByRole("alert").getByText("Taken").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain(plans.answer.othersDone);
    await minji.screenshot("sessions-series-answered");
    await page.getByRole("button", { name: plans.details.back }).click();
    const shown = () => blocks(minji, title).getAttribute("data-standing");
    await soon(shown).toBe("coming");
    await nextWeek(minji);
    await soon(shown).toBe("asked");
    await nextWeek(minji);
    await soon(shown).toBe("coming");
  });

  it("is cancelled from one of its weeks on", async () => {
    const { page, plans } = emily;
    for (let week = 0; week < 2; week += 1) await page.getByRole("button", { name: plans.week.previous }).click();
    await blocks(emily, title).click();
    await page.getByRole("button", { name: plans.details.cancel }).click();
    await page.getByRole("radio", { name: plans.cancel.following }).check();
    await emily.screenshot("sessions-cancel-series");
    await page.getByRole("button", { name: plans.cancel.send, exact: true }).click();
    await page.getByText(plans.cancel.done).waitFor();
    await page.getByRole("button", { name: plans.details.back }).click();
    const shown = () => blocks(emily, title).getAttribute("data-standing");
    await soon(shown).toBe("cancelled");
    await nextWeek(emily);
    await soon(shown).toBe("cancelled");
    for (let week = 0; week < 2; week += 1) await page.getByRole("button", { name: plans.week.previous }).click();
    await soon(shown).toBe("coming");
    expect([...emily.errors, ...minji.errors]).toEqual([]);
    await minji.context.close();
  });

  it("is told of a time that no clock shows", async () => {
    const { page } = emily;
    const day = changeOfSpring().toString();
    await page.goto(`${sharedServer()}/?as=emily#sessions/new`);
    await fillTime(emily, { day, time: "02:30" });
    await page.getByText(/The clocks are put forward then: it begins at 3:30\sAM/).waitFor();
    await fillTime(emily, { day, time: "04:00" });
    await soon(() => page.locator(".chosen-gap").count()).toBe(0);
    await emily.context.close();
  });
});

describe("The week", () => {
  it("is gone through by keyboard, and Enter plans a session at the hour one is at", async () => {
    const sofia = await Person.open(browser, "sofia", { locale: "en-US", timezoneId: SEOUL });
    const { page, plans } = sofia;
    await openCalendar(sofia);
    await nextWeek(sofia);
    const grid = page.getByRole("grid", { name: plans.week.grid });
    // One stop for the whole week.
    const stops = grid.locator('.slot[tabindex="0"]');
    expect(await stops.count()).toBe(1);
    await stops.focus();
    await page.keyboard.press("Home");
    const keys = ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"];
    for (const key of keys) await page.keyboard.press(key);
    const name = await grid.locator(".slot:focus").getAttribute("aria-label");
    expect(name).toMatch(/^Plan a session: Monday, .+, 9 AM$/);
    expect(await stops.count()).toBe(1);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: plans.form.title, level: 1 }).waitFor();
    expect(await page.getByLabel(plans.form.time, { exact: true }).inputValue()).toBe("09:00");
    const day = Temporal.PlainDate.from(await page.getByLabel(plans.form.day, { exact: true }).inputValue());
    expect(day.dayOfWeek).toBe(1);
    // Without anybody: the first field that is wrong has the focus.
    await page.getByRole("button", { name: plans.form.send }).click();
    await page.getByText(plans.problems.nobody).waitFor();
    await soon(() => page.evaluate(() => document.activeElement?.getAttribute("type"))).toBe("radio");
    await page.keyboard.press("Space");
    await soon(() => page.getByText(plans.problems.nobody).count()).toBe(0);
    expect(sofia.errors).toEqual([]);
    await sofia.context.close();
  });

  it("has hours that are over at which nothing can be planned", async () => {
    const sofia = await Person.open(browser, "sofia", { locale: "en-US", timezoneId: SEOUL });
    const { page, plans } = sofia;
    await openCalendar(sofia);
    await page.getByRole("button", { name: plans.week.previous }).click();
    const slot = page.locator('[data-cell="3-9"]');
    expect(await slot.getAttribute("aria-disabled")).toBe("true");
    await slot.click({ force: true });
    expect(page.url()).toMatch(/#sessions$/);
    await page.getByRole("button", { name: plans.week.today }).click();
    await page.locator("th[aria-current=date]").waitFor();
    await sofia.context.close();
  });

  it("is a list by day on a phone, and no wider than it", async () => {
    const minji = await Person.open(browser, "minji", { locale: "ko-KR", ...PHONE, timezoneId: SEOUL });
    const { page, plans } = minji;
    await openCalendar(minji);
    // Of the demo: a newcomer has a session to come.
    const demo = page.locator(".session-line").filter({ hasText: "Weekend plans" });
    await demo.first().waitFor();
    expect(await page.getByRole("grid").count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    await minji.screenshot("sessions-phone");
    await demo.first().click();
    await page.getByText(plans.answer.asks("Emily Carter")).waitFor();
    expect(minji.errors).toEqual([]);
    await minji.context.close();
  });
});
