/** A real browser with one window per person. Expects a running server with the demo in STUDYMATE_URL. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { expect } from "vitest";
import { type AccountWords, en as accountEn } from "../../src/web/locale/account/en.ts";
import { ko as accountKo } from "../../src/web/locale/account/ko.ts";
import { en, type Words } from "../../src/web/locale/en.ts";
import { ko } from "../../src/web/locale/ko.ts";
import { type NotificationWords, en as notificationEn } from "../../src/web/locale/notifications/en.ts";
import { ko as notificationKo } from "../../src/web/locale/notifications/ko.ts";
import { type ProfileWords, en as profileEn } from "../../src/web/locale/profile/en.ts";
import { ko as profileKo } from "../../src/web/locale/profile/ko.ts";
import { type SessionWords, en as sessionEn } from "../../src/web/locale/sessions/en.ts";
import { ko as sessionKo } from "../../src/web/locale/sessions/ko.ts";

export const sharedServer = () => process.env.STUDYMATE_URL ?? "http://localhost:8787";
/** Where screenshots go; none are made without it. */
const screenshots = process.env.STUDYMATE_SCREENSHOTS;

export function openBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync"],
      // A microphone that beeps, and a person who says yes; whoever says no does so in the test.
      ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
      ...more,
    ],
    // Without a locale it saves no file under a Korean name.
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
}

export interface Look {
  readonly locale: "ko-KR" | "en-US";
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** Where their clocks are; those of this machine if absent. */
  readonly timezoneId?: string;
  /** Another server than the one that all tests share. */
  readonly baseUrl?: string;
}

/** A phone of the narrow kind. */
export const PHONE = { width: 360, height: 720 } as const;

/** Each language, theme and width in two of them. */
export const LOOKS: readonly (Look & { readonly name: string })[] = [
  { name: "Korean, light, desktop", locale: "ko-KR" },
  { name: "English, dark, phone", locale: "en-US", colorScheme: "dark", ...PHONE },
  { name: "Korean, dark, phone", locale: "ko-KR", colorScheme: "dark", ...PHONE },
  { name: "English, light, desktop", locale: "en-US" },
];

/** Somebody's window, with the words of their language. */
export class Person {
  readonly page: Page;
  readonly say: Words;
  readonly account: AccountWords;
  readonly profile: ProfileWords;
  readonly notices: NotificationWords;
  readonly plans: SessionWords;
  /** Errors of the page, and what its Content-Security-Policy refused: there should be none. */
  readonly errors: string[] = [];
  readonly #home: string;

  private constructor(page: Page, home: string, locale: Look["locale"]) {
    this.page = page;
    this.#home = home;
    const isKorean = locale === "ko-KR";
    this.say = isKorean ? ko : en;
    this.account = isKorean ? accountKo : accountEn;
    this.profile = isKorean ? profileKo : profileEn;
    this.notices = isKorean ? notificationKo : notificationEn;
    this.plans = isKorean ? sessionKo : sessionEn;
    page.setDefaultTimeout(15_000);
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) this.errors.push(message.text());
    });
  }

  static open(browser: Browser, key: string, look: Look, place = ""): Promise<Person> {
    return Person.#at(browser, `/?as=${key}`, look, place);
  }

  /** Somebody of whom nothing is known. */
  static visit(browser: Browser, look: Look, place = ""): Promise<Person> {
    return Person.#at(browser, "/", look, place);
  }

  static async #at(browser: Browser, path: string, look: Look, place: string): Promise<Person> {
    const { locale, colorScheme = "light", width = 1_180, height = 780, timezoneId } = look;
    const context = await browser.newContext({
      ...{ locale, colorScheme, viewport: { width, height } },
      ...(timezoneId !== undefined && { timezoneId }),
    });
    const home = (look.baseUrl ?? sharedServer()) + path;
    const person = new Person(await context.newPage(), home, locale);
    await person.page.goto(home + place);
    return person;
  }

  /** The same person in another tab of the same browser. */
  async openTab(place: string, locale: Look["locale"]): Promise<Person> {
    const tab = new Person(await this.context.newPage(), this.#home, locale);
    await tab.page.goto(this.#home + place);
    return tab;
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: this.say.write });
  }

  get log(): Locator {
    return this.page.getByRole("log");
  }

  /** Somebody's or something's place in the list of rooms. */
  inList(name: string): Locator {
    const isNamed = this.page.getByText(name, { exact: true });
    return this.page.getByRole("navigation").getByRole("link").filter({ has: isNamed });
  }

  /** A message, found by what it says. */
  row(words: string): Locator {
    return this.log.locator("article.message").filter({ hasText: words });
  }

  async write(words: string): Promise<void> {
    await this.composer.fill(words);
    await this.composer.press("Enter");
  }

  /** The buttons of a message appear when the pointer is over it. */
  async act(words: string, action: string): Promise<void> {
    const row = this.row(words);
    await row.hover();
    await row.getByRole("button", { name: action, exact: true }).click();
  }

  /** What stands in the menu behind "more". */
  async choose(words: string, item: string): Promise<void> {
    await this.act(words, this.say.more);
    await this.page.getByRole("menuitem", { name: item, exact: true }).click();
  }

  async enter(roomId: number): Promise<void> {
    await this.page.goto(`${this.#home}#${roomId}`);
    await this.waitFor("live");
  }

  async waitFor(state: "live" | "offline" | "denied"): Promise<void> {
    await this.page.locator(`main [role=status][data-state=${state}]`).waitFor({ state: "attached" });
  }

  /** What the bubbles say, from the top. */
  bubbles(): Promise<string[]> {
    return this.log.locator(".bubble").allTextContents();
  }

  /** The pages of this browser, and its service worker. */
  setOffline(isOffline: boolean): Promise<void> {
    return this.context.setOffline(isOffline);
  }

  /** Whether this device has stored a room: the SDK does so a moment after a change. */
  keepsRooms(): Promise<boolean> {
    return this.page.evaluate(async () => {
      const opened = <Result>(request: IDBRequest<Result>) =>
        new Promise<Result>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await opened(indexedDB.open("studymate"));
      const keys = await opened(database.transaction("rows").objectStore("rows").getAllKeys());
      database.close();
      return keys.some((key) => /\/rooms\/\d+\/$/.test(String(key)));
    });
  }

  /** The room in the address. */
  get roomId(): number {
    return Number(/#(\d+)/.exec(this.page.url())?.[1]);
  }

  /** What has the focus, as one would name it. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      const label = element?.getAttribute("aria-label") ?? element?.textContent ?? "";
      return `${element?.tagName.toLowerCase()}: ${label.trim()}`;
    });
  }

  async screenshot(name: string): Promise<void> {
    if (screenshots === undefined) return;
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), animations: "disabled" });
  }
}

/** What is true in a moment: these machines may be busy. Inside a test only. */
export function soon<Value>(read: () => Promise<Value> | Value) {
  return expect.poll(read, { timeout: 15_000 });
}
