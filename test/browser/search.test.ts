import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp, freePort, newStateFolder, startServer } from "../e2e/support/server.ts";
import { InputMethod } from "./input-method.ts";
import { type MadeRoom, makeRoom } from "./rooms.ts";
import { box, choose, hits, isFocused, marks, removeFilters, section, untilFound } from "./searching.ts";
import { openBrowser, Person, PHONE, soon } from "./support.ts";

/** Farther back than the live log is filled up for a jump. */
const LONG = 520;

/** On a server of its own: what is found there is what was said here. */
describe("The search", () => {
  let browser: Browser;
  let baseUrl: string;
  let cafe: MadeRoom;
  let long: MadeRoom;
  let minji: Person;
  let keyboard: InputMethod;

  beforeAll(async () => {
    const environment = { RATE_LIMITS: "off" };
    ({ baseUrl } = await startServer({ stateFolder: newStateFolder(), port: await freePort(), environment }));
    browser = await openBrowser();
    cafe = await makeRoom({ people: ["minji", "emily"], messages: 0, name: "학교 앞 카페", baseUrl });
    const [byMinji, byEmily] = cafe.clients.map((client) => client.room(cafe.roomId));
    await byMinji?.send("내일 학교에 가서 영어 수업을 들어요");
    await byEmily?.send("학원에서 만나요. Let's meet after school!");
    await byEmily?.send("I goed to the school library <b>yesterday</b>");
    await byMinji?.correct(3, "I went to the school library <b>yesterday</b>", "go, went, gone");
    await byMinji?.send("고양이가 참 귀여워요");
    long = await makeRoom({ people: ["emily", "minji"], messages: LONG, name: "긴 이야기", baseUrl });
    const [toEmily] = long.clients.map((client) => client.room(long.roomId));
    await toEmily?.edit(100, "파인애플 피자 tastes of pineapple");
    await toEmily?.edit(500, "파인애플 again, quite new");
    await untilFound(cafe, "수업");
    await untilFound(long, "파인애플", 2);
    minji = await Person.open(browser, "minji", { locale: "ko-KR", baseUrl }, `#${cafe.roomId}`);
    await minji.waitFor("live");
    keyboard = await InputMethod.of(minji);
  }, 120_000);
  afterAll(async () => {
    for (const client of [...(cafe?.clients ?? []), ...(long?.clients ?? [])]) client.close();
    await browser?.close();
    await cleanUp();
  });

  it("opens with a key, says what can be typed, and gives the focus back", async () => {
    await minji.composer.click();
    await minji.page.keyboard.press("Control+k");
    await soon(() => minji.focused()).toContain("input");
    await minji.page.getByText(minji.say.searchHelp.title).waitFor();
    expect(await hits(minji).count()).toBe(0);
    await minji.screenshot("search-help");
    await minji.page.keyboard.press("Escape");
    await soon(() => minji.focused()).toContain(minji.say.write);
    // In a text a slash is a slash; elsewhere it is the way to the search.
    await minji.composer.press("/");
    expect(await minji.composer.inputValue()).toBe("/");
    await minji.composer.fill("");
    await minji.log.locator("article").last().focus();
    await minji.page.keyboard.press("/");
    await soon(() => box(minji).evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await box(minji).inputValue()).toBe("");
  });

  it("finds as Korean is typed, with the syllable that is not finished yet", async () => {
    const asked: string[] = [];
    minji.page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname.startsWith("/v1/search")) asked.push(searchParams.get("q") ?? "");
    });
    await keyboard.compose("ㅎ", "하", "학");
    await soon(() => marks(minji)).toEqual(["학", "학"]);
    await keyboard.commit("학");
    await keyboard.compose("ㄱ");
    await soon(() => asked).toEqual(["학", "학ㄱ"]);
    await soon(() => section(minji).getAttribute("aria-busy")).toBe("false");
    expect(await marks(minji)).toEqual(["학", "학"]);
    expect(await minji.page.getByText(minji.say.found.matchAny).count()).toBe(0);
    await keyboard.compose("교");
    await soon(() => marks(minji)).toEqual(["학교"]);
    await keyboard.commit("교");
    expect(await box(minji).inputValue()).toBe("학교");
    await hits(minji).filter({ hasText: "수업을 들어요" }).waitFor();
    // Each pause asked once, and the end of the composition not again.
    expect(asked).toEqual(["학", "학ㄱ", "학교"]);
    await minji.page.locator(".search-found .room").filter({ hasText: "학교 앞 카페" }).waitFor();
    await minji.screenshot("search-korean");
  });

  it("shows what was found in texts and in corrections, as text", async () => {
    await box(minji).fill("went library");
    await soon(() => minji.page.locator(".hit-correction mark").allTextContents()).toEqual(["went", "library"]);
    expect(await hits(minji).allTextContents()).toEqual([expect.stringMatching(/Emily Carter.*<b>yesterday<\/b>/)]);
    await minji.screenshot("search-correction");
  });

  it("says so where only some of the words are there, or nothing", async () => {
    await box(minji).fill("고양이 pineapple");
    await minji.page.getByText(minji.say.found.matchAny).waitFor();
    await soon(async () => (await marks(minji)).sort()).toEqual(["pineapple", "고양이"]);
    await box(minji).fill("고양이 -귀여워요");
    await minji.page.getByText(minji.say.found.nothing).waitFor();
    expect(await hits(minji).count()).toBe(0);
  });

  it("is narrowed by room, person and day; what narrows it can be taken away", async () => {
    const { filters, found, you } = minji.say;
    await box(minji).fill("파인애플");
    await soon(() => hits(minji).count()).toBe(2);
    await choose(minji, filters.room, new RegExp(`^${filters.thisRoom}`));
    await minji.page.getByText(found.nothingFiltered).waitFor();
    await removeFilters(minji);
    await soon(() => hits(minji).count()).toBe(2);
    await choose(minji, filters.room, "긴 이야기");
    await choose(minji, filters.person, you);
    await minji.page.getByText(found.nothingFiltered).waitFor();
    await minji.screenshot("search-filters");
    await removeFilters(minji);

    await minji.page.getByRole("button", { name: filters.dates, exact: true }).click();
    await minji.page.getByLabel(filters.toDay).fill("2020-01-31");
    await minji.page.getByText(found.nothingFiltered).waitFor();
    await minji.page.getByLabel(filters.toDay).fill("2099-12-31");
    await minji.page.getByLabel(filters.fromDay).fill("2020-01-01");
    await soon(() => hits(minji).count()).toBe(2);
    await minji.screenshot("search-dates");
    // Escape closes what is on top first.
    await minji.page.keyboard.press("Escape");
    await minji.page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await box(minji).inputValue()).toBe("파인애플");
    await removeFilters(minji);
  });

  it("shows more when it is asked to, each message once, and goes on where the new ones begin", async () => {
    const { found } = minji.say;
    const count = () => hits(minji).count();
    await box(minji).fill("message");
    await soon(count).toBe(20);
    await minji.page.getByText(found.firstOf(20)).waitFor({ state: "attached" });
    const more = minji.page.getByRole("button", { name: found.more });
    await more.press("Enter");
    await soon(count).toBe(40);
    const firstNew = hits(minji).nth(20);
    await soon(() => firstNew.evaluate((hit) => hit === document.activeElement)).toBe(true);
    const links = await hits(minji).evaluateAll((all) => all.map((hit) => hit.getAttribute("href")));
    expect(new Set(links).size).toBe(40);
  });

  it("goes into the conversation with the keyboard, and stays as it was", async () => {
    await box(minji).fill("수업");
    await soon(() => marks(minji)).toEqual(["수업"]);
    await box(minji).press("ArrowDown");
    expect(
      await hits(minji)
        .first()
        .evaluate((hit) => hit === document.activeElement),
    ).toBe(true);
    await minji.page.keyboard.press("ArrowUp");
    expect(await box(minji).evaluate((field) => field === document.activeElement)).toBe(true);
    await box(minji).press("Enter");
    await minji.page.keyboard.press("Enter");
    await soon(() => isFocused(minji, 1)).toBe(true);
    expect(await minji.log.locator('[data-id="1"]').getAttribute("class")).toContain("highlighted");
    expect(await box(minji).inputValue()).toBe("수업");
    expect(await hits(minji).first().getAttribute("aria-current")).toBe("true");
    await minji.composer.focus();
    await hits(minji).first().click();
    await soon(() => isFocused(minji, 1)).toBe(true);
  });

  it("opens a message of long ago in a passage of its own, which goes on at both ends without a hole", async () => {
    await box(minji).fill("pineapple");
    await soon(() => marks(minji)).toEqual(["pineapple"]);
    await hits(minji).first().click();
    await soon(() => minji.log.getAttribute("aria-label")).toBe(minji.say.passage.title);
    await soon(() => isFocused(minji, 100)).toBe(true);
    const place = await minji.log.locator('[data-id="100"]').boundingBox();
    expect(place?.y).toBeGreaterThan(150);
    expect(place?.y).toBeLessThan(600);
    await minji.screenshot("search-passage");

    // What one reads stays where it is, whatever is loaded above it.
    const first = await minji.log.locator("[data-id]").first().getAttribute("data-id");
    await minji.page.mouse.move(1, 1);
    await minji.log.getByRole("button", { name: minji.say.older }).dispatchEvent("click");
    await soon(() => minji.log.locator("[data-id]").first().getAttribute("data-id")).not.toBe(first);
    expect((await minji.log.locator('[data-id="100"]').boundingBox())?.y).toBeCloseTo(place?.y ?? 0, 0);

    const ids = () => minji.log.locator("[data-id]").evaluateAll((rows) => rows.map((row) => Number(row.dataset.id)));
    const scrollTo = (end: "top" | "bottom") =>
      minji.log.evaluate((log, where) => {
        log.scrollTop = where === "top" ? 0 : log.scrollHeight;
      }, end);
    await soon(async () => {
      await scrollTo("top");
      return minji.log.getByText(minji.say.beginning).count();
    }).toBe(1);
    await soon(async () => {
      await scrollTo("bottom");
      return minji.log.getByRole("button", { name: minji.say.passage.goOn }).count();
    }).toBe(1);
    const shown = await ids();
    expect(shown).toEqual(shown.map((_, at) => at + 1));
    expect(shown.length).toBeGreaterThanOrEqual(LONG - 51);
    await minji.log.getByRole("button", { name: minji.say.passage.goOn }).click();
    await soon(() => minji.log.getAttribute("aria-label")).toBe(minji.say.conversation);
    const next = (shown.at(-1) ?? 0) + 1;
    await soon(() => minji.log.locator(`[data-id="${Math.min(next, LONG - 49)}"]`).count()).toBe(1);
    await soon(async () => (await minji.focused()).startsWith("article")).toBe(true);
  });

  it("comes back from a passage to the newest message, and shows there what one writes", async () => {
    await hits(minji).first().click();
    await soon(() => isFocused(minji, 100)).toBe(true);
    await minji.page.getByRole("button", { name: minji.say.passage.back }).click();
    await soon(() => isFocused(minji, LONG)).toBe(true);
    await hits(minji).first().click();
    await soon(() => isFocused(minji, 100)).toBe(true);
    await minji.write("여기예요");
    await minji.row("여기예요").waitFor();
    expect(await minji.log.getAttribute("aria-label")).toBe(minji.say.conversation);
  });

  it("jumps within the live log where a message is near enough", async () => {
    await box(minji).fill("파인애플 new");
    await soon(() => marks(minji)).toEqual(["파인애플", "new"]);
    await hits(minji).first().click();
    await soon(() => isFocused(minji, 500)).toBe(true);
    expect(await minji.log.getAttribute("aria-label")).toBe(minji.say.conversation);
  });

  it("finds no message that was deleted", async () => {
    await box(minji).fill("고양이");
    await soon(() => marks(minji)).toEqual(["고양이"]);
    await cafe.clients[0]?.room(cafe.roomId).delete(4);
    await untilFound(cafe, "고양이", 0);
    await box(minji).fill("고양이가");
    await minji.page.getByText(minji.say.found.nothing).waitFor();
    expect(await hits(minji).count()).toBe(0);
  });

  it("says why it cannot search, keeps what it found, and goes on when it can", async () => {
    const { searchRefused } = minji.say;
    await box(minji).fill("학교");
    await soon(() => marks(minji)).toEqual(["학교"]);
    const refuse = async (status: number, code: string, headers: Record<string, string> = {}) => {
      const body = JSON.stringify({ type: "about:blank", title: code, status, code, requestId: "test" });
      await minji.page.route("**/v1/search/**", (route) =>
        route.fulfill({ status, headers: { "content-type": "application/problem+json", ...headers }, body }),
      );
    };
    await refuse(503, "unavailable");
    await box(minji).fill("학교에");
    await section(minji).getByText(searchRefused.unavailable).waitFor();
    expect(await hits(minji).count()).toBe(1);
    await minji.screenshot("search-away");
    await minji.page.unroute("**/v1/search/**");
    await section(minji).getByRole("button", { name: minji.say.tryAgain }).click();
    await soon(() => marks(minji)).toEqual(["학교에"]);

    await refuse(429, "rate_limited", { "retry-after": "1" });
    await box(minji).fill("수업");
    await section(minji).getByText(searchRefused.rate_limited).waitFor();
    await minji.page.unroute("**/v1/search/**");
    await soon(() => marks(minji)).toEqual(["수업"]);

    await minji.setOffline(true);
    await box(minji).fill("영어");
    await section(minji).getByText(searchRefused.network).waitFor();
    await minji.setOffline(false);
    await soon(() => marks(minji)).toEqual(["영어"]);
    expect(minji.errors).toEqual([]);
  });

  it("fills the screen of a phone, and leads back to what was found and to the room", async () => {
    const look = { locale: "en-US", colorScheme: "dark", ...PHONE, baseUrl } as const;
    const emily = await Person.open(browser, "emily", look, `#${cafe.roomId}`);
    await emily.waitFor("live");
    await emily.page.getByRole("button", { name: emily.say.searchHere }).click();
    await soon(() => box(emily).evaluate((field) => field === document.activeElement)).toBe(true);
    await emily.page.getByText("학교 앞 카페").first().waitFor();
    await emily.page.keyboard.type("school");
    await soon(() => hits(emily).count()).toBe(2);
    expect(await emily.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    const low = await emily.page
      .locator(".search-area button, .search-area a")
      .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 24).length);
    expect(low).toBe(0);
    await emily.screenshot("search-phone");
    const second = hits(emily).nth(1);
    const id = Number(/\/(\d+)$/.exec((await second.getAttribute("href")) ?? "")?.[1]);
    await second.click();
    await soon(() => isFocused(emily, id)).toBe(true);
    expect(await box(emily).isVisible()).toBe(false);
    await emily.screenshot("search-phone-jump");
    await emily.page.getByRole("button", { name: emily.say.back }).click();
    await soon(() => second.evaluate((hit) => hit === document.activeElement)).toBe(true);
    expect(await box(emily).inputValue()).toBe("school");
    await emily.page.locator(".chip-remove").click();
    await box(emily).fill("pineapple");
    await soon(() => marks(emily)).toEqual(["pineapple"]);
    await hits(emily).first().click();
    await soon(() => isFocused(emily, 100)).toBe(true);
    expect(await emily.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    await emily.screenshot("search-phone-passage");
    await emily.page.goBack();
    await soon(() =>
      hits(emily)
        .first()
        .evaluate((hit) => hit === document.activeElement),
    ).toBe(true);
    await emily.page.keyboard.press("Escape");
    await emily.waitFor("live");
    expect(emily.roomId).toBe(cafe.roomId);
    await soon(() => emily.focused()).toBe(`button: ${emily.say.searchHere}`);
    expect(emily.errors).toEqual([]);
    await emily.context.close();
  });
});
