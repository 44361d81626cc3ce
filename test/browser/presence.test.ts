/** Who is there, what is unread, and what one is told of, in real browsers: at once, in rooms that nobody has opened, in all tabs. */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findings } from "./axe.ts";
import { type MadeRoom, makeRoom } from "./rooms.ts";
import { LOOKS, openBrowser, Person, sharedServer, soon } from "./support.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** Somebody's or something's place in the list of rooms. */
const inList = ({ page }: Person, name: string): Locator =>
  page
    .getByRole("navigation")
    .getByRole("link")
    .filter({ has: page.getByText(name, { exact: true }) });

const bell = ({ page, say }: Person): Locator =>
  page.getByRole("button", { name: new RegExp(`^${say.notifications}`), includeHidden: false }).first();

/** What the bell says how many wait. */
const waiting = async (person: Person): Promise<number> =>
  Number(/\d+/.exec((await bell(person).getAttribute("aria-label")) ?? "")?.[0] ?? 0);

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

  const says = (status: "online" | "away" | "busy" | "offline") =>
    soon(() => inList(minji, "Emily Carter").textContent()).toContain(`(${minji.say.statuses[status]})`);

  it("is seen in the list of rooms, and changes with them: there, busy, away, gone", { timeout: 120_000 }, async () => {
    await says("offline");
    const emily = await Person.open(browser, "emily", { locale: "en-US" });
    await says("online");
    expect(await inList(minji, "Emily Carter").locator(".dot").getAttribute("data-status")).toBe("online");

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
    // Thirty seconds after the last socket.
    await expect
      .poll(() => inList(minji, "Emily Carter").textContent(), { timeout: 60_000 })
      .toContain(`(${minji.say.statuses.offline})`);
  });
});

describe("What is unread", () => {
  const name = `읽지 않은 방 ${Date.now()}`;
  let made: MadeRoom;
  let minji: Person;
  let tab: Person;
  let before = 0;

  beforeAll(async () => {
    minji = await Person.open(browser, "minji", { locale: "ko-KR" });
    tab = await minji.openTab("", "ko-KR");
    for (const { page } of [minji, tab]) await page.getByRole("navigation").getByRole("link").first().waitFor();
    before = await titleCount(minji);
    made = await makeRoom({ people: ["emily", "minji"], messages: 0, name });
  });
  afterAll(async () => {
    for (const client of made.clients) client.close();
    await minji.context.close();
  });

  const badge = (person: Person) => inList(person, name).locator(".badge [aria-hidden]");

  it("is there at once, in the list and the title, also of a room that was made just now", async () => {
    await inList(minji, name).waitFor();
    const room = made.clients[0]?.room(made.roomId);
    await room?.send("첫 글");
    // Sooner than the list would ask by itself.
    await expect.poll(() => badge(minji).textContent(), { timeout: 4_000 }).toBe("1");
    await room?.send("둘째 글");
    await soon(() => badge(minji).textContent()).toBe("2");
    await inList(minji, name).getByText("둘째 글").waitFor();
    await soon(() => titleCount(minji)).toBe(before + 2);
    await soon(() => badge(tab).textContent()).toBe("2");
    await minji.screenshot("presence-unread");
  });

  it("is read in all tabs once it is read in one", async () => {
    await tab.enter(made.roomId);
    await tab.row("둘째 글").waitFor();
    await soon(() => badge(minji).count()).toBe(0);
    await soon(() => titleCount(minji)).toBe(before);
  });
});

describe("What one is told of", () => {
  const name = `알림 방 ${Date.now()}`;
  let made: MadeRoom;
  let minji: Person;
  let tab: Person;

  beforeAll(async () => {
    made = await makeRoom({ people: ["emily", "minji"], messages: 0, name });
    minji = await Person.open(browser, "minji", { locale: "ko-KR" });
    tab = await minji.openTab("", "ko-KR");
    for (const person of [minji, tab]) await inList(person, name).waitFor();
    await minji.page.bringToFront();
  });
  afterAll(async () => {
    for (const client of made.clients) client.close();
    await minji.context.close();
  });

  const news = ({ page }: Person) => page.locator(".news");
  const say = (words: string) => made.clients[0]?.room(made.roomId).send(words);
  const openCentre = async (person: Person) => {
    await bell(person).click();
    const centre = person.page.getByRole("dialog", { name: person.say.notifications });
    await centre.waitFor();
    return centre;
  };

  it("is announced and counted, and leads to the room at its message", async () => {
    const before = await waiting(minji);
    await say("오늘 공부할까요?");
    await news(minji).getByText("Emily Carter").waitFor();
    await soon(() => waiting(minji)).toBe(before + 1);
    await minji.screenshot("presence-news");
    const centre = await openCentre(minji);
    const [row] = [centre.getByRole("listitem").first()];
    await row.getByText("Emily Carter").waitFor();
    await minji.screenshot("presence-centre");
    await row.getByRole("link").click();
    await centre.waitFor({ state: "detached" });
    await minji.row("오늘 공부할까요?").waitFor();
    expect(minji.roomId).toBe(made.roomId);
    // Read by its room, or by the click: on every device.
    await soon(() => waiting(minji)).toBe(before);
    await soon(() => waiting(tab)).toBe(before);
    expect(await news(minji).count()).toBe(0);
  });

  it("is not announced in the room that it tells of", async () => {
    await say("여기 있어요");
    await minji.row("여기 있어요").waitFor();
    expect(await news(minji).count()).toBe(0);
    await minji.page.getByRole("button", { name: minji.say.settings }).waitFor();
    await minji.page.goto(`${sharedServer()}/?as=minji#`);
  });

  it("is read by itself or all at once, by keyboard, in all tabs", async () => {
    await say("하나 더");
    await soon(() => waiting(minji)).toBeGreaterThan(0);
    await bell(minji).focus();
    await minji.page.keyboard.press("Enter");
    const centre = minji.page.getByRole("dialog", { name: minji.say.notifications });
    const unread = centre.getByRole("listitem").filter({ hasText: minji.notices.unread });
    await unread.first().waitFor();
    const count = await unread.count();
    await unread.first().getByRole("button").focus();
    await minji.page.keyboard.press("Enter");
    await soon(() => unread.count()).toBe(count - 1);
    await say("또 하나");
    await soon(() => unread.count()).toBe(count);
    await centre.getByRole("button", { name: minji.notices.readAll }).focus();
    await minji.page.keyboard.press("Enter");
    await soon(() => unread.count()).toBe(0);
    await minji.page.keyboard.press("Escape");
    await centre.waitFor({ state: "detached" });
    expect(await minji.focused()).toBe(`button: ${minji.say.notifications}`);
    await soon(() => waiting(tab)).toBe(0);
    expect([...minji.errors, ...tab.errors]).toEqual([]);
  });
});

describe("What one wants to be told of", () => {
  it("is saved, and kept over a reload", async () => {
    const daniel = await Person.open(browser, "daniel", { locale: "en-US" }, "#notifications");
    const { page, notices, profile } = daniel;
    const { settings } = notices;
    const push = () => page.getByRole("checkbox", { name: settings.pushOf(settings.types.MESSAGE) });
    await push().uncheck();
    await page.getByRole("checkbox", { name: settings.inAppOf(settings.types.MATCH_EXPIRED) }).uncheck();
    expect(await page.getByRole("checkbox", { name: settings.pushOf(settings.types.MATCH_EXPIRED) }).isDisabled()).toBe(
      true,
    );
    await page.getByRole("checkbox", { name: settings.quietHours }).check();
    await page.getByLabel(settings.from).fill("23:30");
    await page.getByLabel(settings.to, { exact: true }).fill("23:30");
    await page.getByRole("button", { name: settings.save }).click();
    await page.getByText(settings.sameTimes).waitFor();
    await page.getByLabel(settings.to, { exact: true }).fill("06:45");
    await page.getByLabel(settings.language).selectOption("ko");
    await page.getByRole("checkbox", { name: settings.showsMessageText }).check();
    await page.getByRole("checkbox", { name: settings.quietWhileBusy }).uncheck();
    await page.getByRole("button", { name: settings.save }).click();
    await page.getByText(profile.saved, { exact: true }).waitFor();
    await page.reload();
    await push().waitFor();
    expect(await push().isChecked()).toBe(false);
    expect(await page.getByRole("checkbox", { name: settings.inAppOf(settings.types.MATCH_EXPIRED) }).isChecked()).toBe(
      false,
    );
    expect(await page.getByLabel(settings.from).inputValue()).toBe("23:30");
    expect(await page.getByLabel(settings.to, { exact: true }).inputValue()).toBe("06:45");
    expect(await page.getByLabel(settings.language).inputValue()).toBe("ko");
    expect(await page.getByRole("checkbox", { name: settings.showsMessageText }).isChecked()).toBe(true);
    expect(await page.getByRole("checkbox", { name: settings.quietWhileBusy }).isChecked()).toBe(false);
    expect(daniel.errors).toEqual([]);
    await daniel.context.close();
  });
});

describe.each(LOOKS)("axe finds nothing: $name", (look) => {
  it("in the menu of one's status, the notifications and their settings", async () => {
    const made = await makeRoom({ people: ["emily", "jiho"], messages: 0, name: `${look.name} ${Date.now()}` });
    const jiho = await Person.open(browser, "jiho", look);
    const { page, say, notices } = jiho;
    const check = async (view: string) => {
      await jiho.screenshot(`${view}, ${look.name}`.replace(/\W+/g, "-").toLowerCase());
      expect(await findings(jiho)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    };
    await page.getByRole("navigation").getByRole("link").first().waitFor();
    await made.clients[0]?.room(made.roomId).send("Shall we read together tonight? I found a nice text.");
    await page.locator(".news").waitFor();
    await check("news");
    await page.locator(".whoami").click();
    await page.getByRole("menu").waitFor();
    await check("status-menu");
    await page.keyboard.press("Escape");
    await bell(jiho).click();
    await page.getByRole("dialog").getByRole("listitem").first().waitFor();
    await check("centre");
    await page.getByRole("button", { name: notices.toSettings }).click();
    await page.getByRole("button", { name: notices.pushes.turnOn }).waitFor();
    await page.getByRole("checkbox", { name: notices.settings.quietHours }).check();
    await check("notification-settings");
    expect(await page.getByRole("heading", { name: say.notifications, level: 1 }).count()).toBe(1);
    for (const client of made.clients) client.close();
    await jiho.context.close();
  });
});
