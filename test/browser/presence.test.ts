/** Who is there and what is unread, in real browsers: at once, in rooms that nobody has opened, in all tabs. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MadeRoom, makeRoom } from "./rooms.ts";
import { openBrowser, Person, soon } from "./support.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const titleCount = async ({ page }: Person): Promise<number> => Number(/\((\d+)/.exec(await page.title())?.[1] ?? 0);

describe("Who is there", () => {
  let made: MadeRoom;
  let minji: Person;

  beforeAll(async () => {
    // Both have written: they are partners.
    made = await makeRoom({ people: ["minji", "emily"], messages: 2, roomType: "DIRECT" });
    for (const client of made.clients) client.close();
    minji = await Person.open(browser, "minji", { locale: "ko-KR" });
  });
  afterAll(() => minji.context.close());

  /** Who has gone is shown as there for thirty seconds more. */
  const says = (status: "online" | "away" | "busy" | "offline") =>
    expect
      .poll(() => minji.inList("Emily Carter").textContent(), { timeout: status === "offline" ? 60_000 : 15_000 })
      .toContain(`(${minji.say.statuses[status]})`);

  it("is seen in the list of rooms, and changes with them: there, busy, away, gone", { timeout: 180_000 }, async () => {
    await says("offline");
    const emily = await Person.open(browser, "emily", { locale: "en-US" });
    await says("online");
    expect(await minji.inList("Emily Carter").locator(".dot").getAttribute("data-status")).toBe("online");

    const choose = async (status: "busy" | "away") => {
      await emily.page.locator(".whoami").click();
      await emily.page.getByRole("menuitemradio", { name: emily.say.statuses[status] }).click();
      await emily.page.keyboard.press("Escape");
    };
    await choose("busy");
    await says("busy");
    await minji.enter(made.roomId);
    await minji.page.locator(".room-title").getByText(minji.say.statuses.busy, { exact: true }).waitFor();
    await minji.page.getByRole("button", { name: minji.say.showPeople }).click();
    await minji.page.getByRole("dialog").getByText(minji.say.statuses.busy).waitFor();
    await minji.screenshot("presence-people");
    await minji.page.keyboard.press("Escape");
    await choose("away");
    await says("away");
    await minji.screenshot("presence-away");

    // Another tab of hers agrees, and keeps her there when the first one goes.
    const tab = await emily.openTab("", "en-US");
    await tab.page.getByRole("button", { name: new RegExp(emily.say.statuses.away) }).waitFor();
    await tab.page.locator(".whoami").click();
    await tab.page.getByRole("menuitemradio", { name: emily.say.statuses.online }).click();
    await says("online");
    await emily.page.getByRole("button", { name: new RegExp(emily.say.statuses.online) }).waitFor();
    expect([...emily.errors, ...minji.errors]).toEqual([]);
    await emily.context.close();
    await says("offline");
  });
});

describe("What is unread", () => {
  const name = `읽지 않은 방 ${Date.now()}`;
  let made: MadeRoom;
  let junho: Person;
  let tab: Person;
  /** Of somebody who has few: a title counts to 99. */
  let before = 0;

  beforeAll(async () => {
    junho = await Person.open(browser, "junho", { locale: "ko-KR" });
    tab = await junho.openTab("", "ko-KR");
    for (const { page } of [junho, tab]) await page.getByRole("navigation").getByRole("link").first().waitFor();
    before = await titleCount(junho);
    made = await makeRoom({ people: ["emily", "junho"], messages: 0, name });
  });
  afterAll(async () => {
    for (const client of made.clients) client.close();
    await junho.context.close();
  });

  const badge = (person: Person) => person.inList(name).locator(".badge [aria-hidden]");

  it("is there at once, in the list and the title, also of a room that was made just now", async () => {
    await junho.inList(name).waitFor();
    const room = made.clients[0]?.room(made.roomId);
    await room?.send("첫 글");
    // Sooner than the list would ask by itself.
    await expect.poll(() => badge(junho).textContent(), { timeout: 4_000 }).toBe("1");
    await room?.send("둘째 글");
    await soon(() => badge(junho).textContent()).toBe("2");
    await junho.inList(name).getByText("둘째 글").waitFor();
    await soon(() => titleCount(junho)).toBe(before + 2);
    await soon(() => badge(tab).textContent()).toBe("2");
    await junho.screenshot("presence-unread");
  });

  it("is read in all tabs once it is read in one", async () => {
    await tab.enter(made.roomId);
    await tab.row("둘째 글").waitFor();
    await soon(() => badge(junho).count()).toBe(0);
    await soon(() => titleCount(junho)).toBe(before);
  });
});
