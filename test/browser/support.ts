/** A real browser with one window per person. Expects a running server with the demo in STUDYMATE_URL. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";

const baseUrl = process.env.STUDYMATE_URL ?? "http://localhost:8787";
/** Where screenshots go; none are made without it. */
const screenshots = process.env.STUDYMATE_SCREENSHOTS;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface Look {
  readonly locale: "ko-KR" | "en-US";
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
}

/** Somebody's window, with the words of their language. */
export class Person {
  readonly page: Page;
  readonly say: Words;
  /** Errors of the page: there should be none. */
  readonly errors: string[] = [];

  private constructor(page: Page, locale: Look["locale"]) {
    this.page = page;
    this.say = WORDS[locale];
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("dialog", (dialog) => void dialog.accept());
  }

  static async open(browser: Browser, key: string, { locale, colorScheme = "light", width = 1_000 }: Look) {
    const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 760 } });
    const person = new Person(await context.newPage(), locale);
    person.page.setDefaultTimeout(20_000);
    await person.page.goto(`${baseUrl}/?as=${key}`);
    return person;
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: this.say.write });
  }

  get log(): Locator {
    return this.page.getByRole("log");
  }

  /** The row of a message, found by what it says. */
  row(words: string): Locator {
    return this.log.locator("li.message").filter({ hasText: words });
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

  async waitFor(state: "live" | "offline"): Promise<void> {
    await this.page.locator(`main [role=status][data-state=${state}]`).waitFor({ state: "attached" });
  }

  /** What the bubbles say, from the top. */
  bubbles(): Promise<string[]> {
    return this.log.locator(".bubble").allTextContents();
  }

  setOffline(isOffline: boolean): Promise<void> {
    return this.page.context().setOffline(isOffline);
  }

  async screenshot(name: string): Promise<void> {
    if (screenshots === undefined) return;
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), animations: "disabled" });
  }
}

type Words = Readonly<Record<Exclude<keyof (typeof WORDS)["ko-KR"], "note">, string>> & { readonly note: RegExp };

const WORDS = {
  "ko-KR": {
    newRoom: "새 대화",
    group: "여러 사람과",
    groupName: "그룹 이름",
    create: "시작하기",
    write: "메시지를 입력하세요",
    edit: "수정",
    correct: "첨삭",
    corrected: "더 나은 표현",
    note: /^설명/,
    propose: "제안하기",
    reply: "답장",
    delete: "삭제",
    deleted: "삭제된 메시지입니다.",
    typing: "입력 중…",
    readBy: "읽음",
    edited: "수정됨",
    waiting: "연결을 기다리는 중…",
  },
  "en-US": {
    newRoom: "New conversation",
    group: "With a group",
    groupName: "Name of the group",
    create: "Start",
    write: "Write a message",
    edit: "Edit",
    correct: "Correct",
    corrected: "Better wording",
    note: /^Note/,
    propose: "Propose",
    reply: "Reply",
    delete: "Delete",
    deleted: "This message was deleted.",
    typing: "is typing…",
    readBy: "Read by",
    edited: "edited",
    waiting: "Waiting for a connection…",
  },
} as const satisfies Record<Look["locale"], Record<string, string | RegExp>>;
