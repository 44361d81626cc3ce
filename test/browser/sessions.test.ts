/** Two people plan a learning session, in real browsers: what one does, the other sees. */
import { readFile } from "node:fs/promises";
import ical from "ical.js";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoClient } from "./held-session.ts";
import { InputMethod } from "./input-method.ts";
import { elsewhere, farDay, fillTime, openCalendar, planSession, sessionIdOf, waitingInvitations } from "./planning.ts";
import { openBrowser, Person, sharedServer, soon } from "./support.ts";

const SEOUL = "Asia/Seoul";
const NEW_YORK = "America/New_York";

let browser: Browser;
let minji: Person;
let emily: Person;

beforeAll(async () => {
  browser = await openBrowser();
  [minji, emily] = await Promise.all([
    Person.open(browser, "minji", { locale: "ko-KR", timezoneId: SEOUL }),
    Person.open(browser, "emily", { locale: "en-US", timezoneId: NEW_YORK }),
  ]);
});
afterAll(() => browser?.close());

const button = ({ page }: Person, name: string | RegExp): Locator => page.getByRole("button", { name });
/** How somebody stands, in the list of people. */
const markOf = ({ page }: Person, name: string): Promise<string | null> =>
  page.locator(".person").filter({ hasText: name }).locator(".invitation-mark").textContent();
const standing = ({ page }: Person): Promise<string | null> => page.locator(".details-head .standing").textContent();
const soonStanding = (person: Person) => soon(() => standing(person));

describe("A session of two", () => {
  const day = farDay(20);
  let id: number;

  it("is planned with a Korean keyboard, at the hour that was picked, in the languages of both", async () => {
    const { page, plans } = minji;
    await openCalendar(minji);
    await page.getByRole("link", { name: plans.book }).click();
    await page.getByRole("radio", { name: "Emily Carter" }).check();
    // What each of them learns.
    await soon(() => page.getByLabel(plans.form.primary).inputValue()).toBe("en");
    await soon(() => page.getByLabel(plans.form.secondary).inputValue()).toBe("ko");
    await fillTime(minji, { day, time: "09:30" });
    // The country alone is known: it has many clocks.
    const local = await page.locator(".local-times li").textContent();
    expect(local).toMatch(/Emily Carter 님에게는 .+ ~ .+ 사이/);
    await page.getByLabel(plans.form.name).focus();
    const keyboard = await InputMethod.of(minji);
    await keyboard.compose("ㅋ", "커", "컾");
    await keyboard.compose("커피");
    await keyboard.takenEnter();
    await keyboard.commit("커피와 책");
    expect(await page.getByLabel(plans.form.name).inputValue()).toBe("커피와 책");
    await minji.screenshot("sessions-form");
    await button(minji, plans.form.send).click();
    id = await sessionIdOf(minji);
    await page.getByRole("heading", { name: "커피와 책", level: 1 }).waitFor();
    expect(await markOf(minji, "Emily Carter")).toBe(plans.details.invitations.INVITED);
    await minji.screenshot("sessions-planned");
  });

  it("is an invitation at once: announced, counted beside the rooms, and in the calendar", async () => {
    const { page, plans } = emily;
    await page.locator(".news").getByText("커피와 책").waitFor();
    await soon(() => waitingInvitations(emily)).toBeGreaterThan(0);
    await emily.screenshot("sessions-invited");
    await page.locator(".news a").click();
    expect(await sessionIdOf(emily)).toBe(id);
    await page.getByText(plans.answer.asks("Minji Kim")).waitFor();
    // 9:30 in the morning in Seoul is the evening before in New York.
    expect(await page.locator(".details-time").textContent()).toMatch(/[78]:30 – [89]:30\sPM/);
    await emily.screenshot("sessions-asked");
  });

  it("is confirmed, and both see it", async () => {
    const before = await waitingInvitations(emily);
    await button(emily, emily.plans.answer.confirm).click();
    await emily.page.getByText(emily.plans.answer.said.confirm).waitFor();
    await soonStanding(emily).toContain(emily.plans.standings.coming);
    await soon(() => waitingInvitations(emily)).toBe(before - 1);
    // Nobody tells the host: whoever looks sees it a moment later.
    await soon(() => markOf(minji, "Emily Carter")).toBe(minji.plans.details.invitations.CONFIRMED);
    await minji.page.getByRole("button", { name: minji.plans.details.back }).click();
    const block = minji.page.locator(".session-block").filter({ hasText: "커피와 책" });
    await block.waitFor();
    expect(await block.getAttribute("data-standing")).toBe("coming");
    expect(await block.textContent()).toContain("오전 9:30~10:30");
    await minji.screenshot("sessions-week");
    await block.click();
  });

  it("is taken along as a file for any calendar", async () => {
    const download = minji.page.waitForEvent("download");
    await button(minji, minji.plans.details.file).click();
    const file = await (await download).path();
    const calendar = new ical.Component(ical.parse(await readFile(file, "utf8")));
    const event = new ical.Event(calendar.getFirstSubcomponent("vevent") ?? undefined);
    expect(event.summary).toContain("커피와 책");
    expect(event.startDate.toJSDate().getTime()).toBe(Date.parse(`${day}T00:30:00Z`));
  });

  it("is moved, which asks everybody anew", async () => {
    const { page, plans } = minji;
    await button(minji, plans.details.reschedule).click();
    await fillTime(minji, { day, time: "10:00", minutes: 45 });
    await button(minji, plans.reschedule.send).last().click();
    await page.getByText(plans.reschedule.done).waitFor();
    await soon(() => page.locator(".details-time").textContent()).toContain("오전 10:00~10:45");
    await soon(() => markOf(minji, "Emily Carter")).toBe(plans.details.invitations.INVITED);
    await soonStanding(emily).toContain(emily.plans.standings.asked);
    await button(emily, emily.plans.answer.confirm).click();
    await soonStanding(emily).toContain(emily.plans.standings.coming);
  });

  it("keeps its time free: another one at it is refused, and why is said", async () => {
    const { page, plans } = emily;
    const taken = elsewhere(day, "10:30", { from: SEOUL, to: NEW_YORK });
    await planSession(emily, { with: "Minji Kim", day: taken.day, time: taken.time, title: "Too late" });
    await page.getByRole("alert").getByText("커피와 책").waitFor();
    await emily.screenshot("sessions-conflict");
    await button(emily, plans.details.back).click();
    await page.locator(".session-block").first().waitFor();
    await page.goto(`${sharedServer()}/?as=emily#sessions/${id}`);
  });

  it("is edited and cancelled, which the other is told of", async () => {
    const { page, plans } = minji;
    await button(minji, plans.details.edit).click();
    await page.getByLabel(plans.form.name).fill("커피와 영화");
    await button(minji, plans.edit.send).last().click();
    await page.getByRole("heading", { name: "커피와 영화", level: 1 }).waitFor();
    await button(minji, plans.details.cancel).click();
    await page.getByRole("dialog", { name: plans.cancel.title }).waitFor();
    await minji.screenshot("sessions-cancel");
    await button(minji, plans.cancel.send).click();
    await page.getByText(plans.cancel.done).waitFor();
    await soonStanding(minji).toContain(plans.standings.cancelled);
    await emily.page.locator(".news").getByText("커피와 영화").waitFor();
    await soonStanding(emily).toContain(emily.plans.standings.cancelled);
    expect(await button(emily, emily.plans.answer.decline).count()).toBe(0);
  });
});

describe("An invitation", () => {
  it("is declined, taken back, and its time does not overlap what one has promised", async () => {
    const day = farDay(50);
    const { plans } = emily;
    await planSession(minji, { with: "Emily Carter", day, time: "21:00", title: "First" });
    const first = await sessionIdOf(minji);
    await emily.page.goto(`${sharedServer()}/?as=emily#sessions/${first}`);
    await button(emily, plans.answer.decline).click();
    await emily.page.getByText(plans.answer.said.decline).waitFor();
    await soonStanding(emily).toContain(plans.standings.declined);
    await button(emily, plans.answer.comeAfterAll).click();
    await soonStanding(emily).toContain(plans.standings.coming);
    const daniel = await Person.open(browser, "daniel", { locale: "en-US", timezoneId: SEOUL });
    await planSession(daniel, { with: "Minji Kim", day, time: "21:30", title: "Second" });
    const second = await sessionIdOf(daniel);
    await minji.page.goto(`${sharedServer()}/?as=minji#sessions/${second}`);
    await button(minji, minji.plans.answer.confirm).click();
    await minji.page.getByRole("alert").getByText("First").waitFor();
    await soonStanding(minji).toContain(minji.plans.standings.asked);
    expect(daniel.errors).toEqual([]);
    await daniel.context.close();
  });
});

describe("A session that is full", () => {
  it("has a waiting list, whose places are told, and whose first moves up", async () => {
    const [host, junho, other] = await Promise.all([demoClient("minji"), demoClient("junho"), demoClient("emily")]);
    const daniel = await Person.open(browser, "daniel", { locale: "en-US", timezoneId: SEOUL });
    const guest = await demoClient("daniel");
    const start = Date.parse(`${farDay(70)}T03:00:00Z`);
    const { id } = await host.client.request<{ id: number }>({
      method: "POST",
      path: "/v1/sessions",
      body: {
        ...{ sessionType: "AUDIO_1V1", title: "For two", primaryLanguage: "ko" },
        ...{ scheduledStartTime: new Date(start), scheduledEndTime: new Date(start + 3_600_000) },
        inviteeIds: [other.id, junho.id, guest.id],
      },
    });
    await other.client.request({ method: "POST", path: `/v1/sessions/${id}/confirm` });
    const { page, plans } = daniel;
    await page.goto(`${sharedServer()}/?as=daniel#sessions/${id}`);
    await button(daniel, plans.answer.confirm).click();
    await page.getByText(plans.answer.isWaiting).waitFor();
    // Who says yes later stands behind, whoever was here first.
    await junho.client.request({ method: "POST", path: `/v1/sessions/${id}/confirm` });
    await page.reload();
    await page.getByText(plans.answer.place(1)).waitFor();
    await daniel.screenshot("sessions-waiting");
    const second = await Person.open(browser, "junho", { locale: "ko-KR" }, `#sessions/${id}`);
    await second.page.getByText(second.plans.answer.place(2)).waitFor();
    await other.client.request({ method: "POST", path: `/v1/sessions/${id}/decline` });
    await soonStanding(daniel).toContain(plans.standings.coming);
    await second.page.getByText(second.plans.answer.place(1)).waitFor();
    for (const { client } of [host, junho, other, guest]) client.close();
    expect([...daniel.errors, ...second.errors]).toEqual([]);
    await Promise.all([daniel.context.close(), second.context.close()]);
  });
});

describe("One's own calendar", () => {
  it("has a secret address, which is made, copied, replaced and revoked", async () => {
    const { page, plans, context } = minji;
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: sharedServer() });
    await page.goto(`${sharedServer()}/?as=minji#calendar`);
    await button(minji, plans.feed.make).click();
    const address = () => page.getByLabel(plans.feed.address).inputValue();
    const first = await address();
    await button(minji, plans.feed.copy).click();
    await page.getByText(plans.feed.copied).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first);
    await minji.screenshot("sessions-feed");
    const fetched = await fetch(first);
    expect(fetched.headers.get("content-type")).toContain("text/calendar");
    expect(await fetched.text()).toContain("BEGIN:VEVENT");
    await button(minji, plans.feed.another).click();
    await soon(address).not.toBe(first);
    expect((await fetch(first)).status).toBe(404);
    const second = await address();
    expect((await fetch(second)).status).toBe(200);
    await button(minji, plans.feed.revoke).click();
    await page.getByRole("alertdialog").getByRole("button", { name: plans.feed.revoke }).click();
    await page.getByText(plans.feed.revoked).waitFor();
    expect((await fetch(second)).status).toBe(404);
    expect([...minji.errors, ...emily.errors]).toEqual([]);
  });
});
