/** What one is told of, and what one wants of it, in real browsers. */
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

const bell = ({ page, say }: Person): Locator =>
  page.getByRole("button", { name: new RegExp(`^${say.notifications}`) });

/** What the bell says how many wait. */
const waiting = async (person: Person): Promise<number> =>
  Number(/\d+/.exec((await bell(person).getAttribute("aria-label")) ?? "")?.[0] ?? 0);

describe("What one is told of", () => {
  const name = `알림 방 ${Date.now()}`;
  let made: MadeRoom;
  let minji: Person;
  let tab: Person;

  beforeAll(async () => {
    made = await makeRoom({ people: ["emily", "minji"], messages: 0, name });
    minji = await Person.open(browser, "minji", { locale: "ko-KR" });
    tab = await minji.openTab("", "ko-KR");
    for (const person of [minji, tab]) await person.inList(name).waitFor();
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
    const row = centre.getByRole("listitem").first();
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

  it("is read by itself or all at once, by keyboard, in all tabs", async () => {
    await minji.page.goto(`${sharedServer()}/?as=minji#`);
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
    await page.getByLabel(settings.from, { exact: true }).fill("23:30");
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
    expect(await page.getByLabel(settings.from, { exact: true }).inputValue()).toBe("23:30");
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
    const made = await makeRoom({ people: ["emily", "junho"], messages: 0, name: `${look.name} ${Date.now()}` });
    const junho = await Person.open(browser, "junho", look);
    const { page, say, notices } = junho;
    const check = async (view: string) => {
      await junho.screenshot(`${view}, ${look.name}`.replace(/\W+/g, "-").toLowerCase());
      expect(await findings(junho)).toEqual([]);
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
    await bell(junho).click();
    await page.getByRole("dialog").getByRole("listitem").first().waitFor();
    await check("centre");
    await page.getByRole("button", { name: notices.toSettings }).click();
    await page.getByRole("button", { name: notices.pushes.turnOn }).waitFor();
    await page.getByRole("checkbox", { name: notices.settings.quietHours }).check();
    await check("notification-settings");
    expect(await page.getByRole("heading", { name: say.notifications, level: 1 }).count()).toBe(1);
    for (const client of made.clients) client.close();
    await junho.context.close();
  });
});

/** This Chromium has no push service: one that is made up is subscribed at, and what the page does about it is real. */
function pretendPushService({ permission }: { permission: "granted" | "denied" | "default" }): void {
  const KEPT = "pretended.subscription";
  const asked = { permission: 0 };
  Object.assign(globalThis, { asked });
  Object.defineProperty(Notification, "permission", { get: () => localStorage.getItem("permission") ?? permission });
  Notification.requestPermission = async () => {
    asked.permission += 1;
    localStorage.setItem("permission", permission === "denied" ? "denied" : "granted");
    return Notification.permission;
  };
  const subscription = (key: string) => {
    const bytes = Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
    const endpoint = "https://fcm.googleapis.com/fcm/send/pretended";
    const keys = {
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg",
    };
    return {
      ...{ endpoint, options: { applicationServerKey: bytes.buffer, userVisibleOnly: true } },
      toJSON: () => ({ endpoint, expirationTime: null, keys }),
      unsubscribe: async () => {
        localStorage.removeItem(KEPT);
        return true;
      },
    };
  };
  const pretended = {
    subscribe: async ({ applicationServerKey: key }: { applicationServerKey: string }) => {
      localStorage.setItem(KEPT, key);
      return subscription(key);
    },
    getSubscription: async () => {
      const key = localStorage.getItem(KEPT);
      return key === null ? null : subscription(key);
    },
  };
  Object.assign(PushManager.prototype, pretended);
}

describe("Pushes", () => {
  /** The settings of somebody's notifications, and what their page asks of the server about pushes. */
  const openSettings = async (key: string, permission?: "granted" | "denied" | "default") => {
    const person = await Person.open(browser, key, { locale: "en-US" });
    const sent: { method: string; body: unknown }[] = [];
    person.page.on("request", (request) => {
      if (request.url().endsWith("/v1/push-subscriptions"))
        sent.push({ method: request.method(), body: request.postDataJSON() });
    });
    if (permission !== undefined) await person.page.addInitScript(pretendPushService, { permission });
    await person.page.goto(`${sharedServer()}/?as=${key}#notifications`);
    await person.page.reload();
    const { pushes } = person.notices;
    const button = (name: string) => person.page.getByRole("button", { name });
    return { person, page: person.page, sent, pushes, button };
  };
  const endpoint = "https://fcm.googleapis.com/fcm/send/pretended";

  it("are subscribed after a click, at every start again, for this person alone, until they are turned off", async () => {
    const { person, page, sent, pushes, button } = await openSettings("sofia", "default");
    await button(pushes.turnOn).waitFor();
    const asked = () =>
      page.evaluate(() => (globalThis as unknown as { asked: { permission: number } }).asked.permission);
    expect(await asked()).toBe(0);
    await button(pushes.turnOn).click();
    await page.getByText(pushes.isOn).waitFor();
    expect(await asked()).toBe(1);
    expect(sent).toMatchObject([{ method: "POST", body: { endpoint, keys: { auth: "BTBZMqHH6r4Tts7J_aSIgg" } } }]);
    await person.screenshot("push-on");

    await page.goto(`${sharedServer()}/?as=sofia`);
    await soon(() => sent.length).toBe(2);
    expect(sent[1]).toEqual(sent[0]);
    // The service worker says that the browser exchanged it.
    const exchanged = { endpoint: `${endpoint}-2`, keys: { p256dh: "B".repeat(87), auth: "c".repeat(22) } };
    await page.evaluate((subscription) => {
      const data = { type: "push-subscription-changed", subscription };
      navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data }));
    }, exchanged);
    await soon(() => sent.at(-1)).toEqual({ method: "POST", body: exchanged });

    // Somebody else in the same browser has turned nothing on.
    const daniel = await page.context().newPage();
    await daniel.addInitScript(pretendPushService, { permission: "granted" as const });
    const othersRequests: string[] = [];
    daniel.on("request", (request) => othersRequests.push(new URL(request.url()).pathname));
    await daniel.goto(`${sharedServer()}/?as=daniel#notifications`);
    await daniel.getByRole("button", { name: pushes.turnOn }).waitFor();
    expect(othersRequests).not.toContain("/v1/push-subscriptions");
    await daniel.close();

    await page.goto(`${sharedServer()}/?as=sofia#notifications`);
    await button(pushes.turnOff).click();
    await page.getByText(pushes.isOff).waitFor();
    expect(sent.at(-1)).toEqual({ method: "DELETE", body: { endpoint } });
    expect(person.errors).toEqual([]);
    await person.context.close();
  });

  it("that the browser does not allow are explained, without a button", async () => {
    const { person, page, sent, pushes, button } = await openSettings("sofia", "denied");
    await page.getByText(pushes.denied).waitFor();
    await page.getByText(pushes.deniedHint).waitFor();
    expect(await button(pushes.turnOn).count()).toBe(0);
    expect(sent).toEqual([]);
    await person.screenshot("push-denied");
    await person.context.close();
  });

  it("are off still where the browser cannot subscribe, as this one", async () => {
    const { person, page, sent, pushes, button } = await openSettings("sofia");
    await person.context.grantPermissions(["notifications"], { origin: sharedServer() });
    await button(pushes.turnOn).click();
    await page.getByRole("alert").getByText(pushes.failed).waitFor();
    await page.getByText(pushes.isOff).waitFor();
    expect(sent).toEqual([]);
    await person.context.close();
  });
});
