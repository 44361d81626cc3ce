/** The pictures of the README, out of the demo: STUDYMATE_SCREENSHOTS=docs/images npm run test:browser pictures */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, Person, soon } from "./support.ts";

describe.runIf(process.env.STUDYMATE_SCREENSHOTS !== undefined)("Pictures", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it("of a conversation on a desktop, in Korean, and of who takes part", async () => {
    const minji = await Person.open(browser, "minji", { locale: "ko-KR", width: 1_100, height: 700 });
    await minji.page.getByRole("link", { name: /Emily Carter/ }).click();
    await minji.waitFor("live");
    await soon(() => minji.page.locator(".room time").count()).toBeGreaterThan(2);
    await minji.log
      .getByRole("figure")
      .last()
      .evaluate((figure) => figure.scrollIntoView({ block: "center" }));
    await minji.page.mouse.move(1, 1);
    await minji.screenshot("conversation");
    await minji.page.getByRole("link", { name: /언어 카페/ }).click();
    await minji.waitFor("live");
    await minji.page.getByRole("button", { name: minji.say.showPeople }).click();
    await minji.page.getByRole("dialog", { name: minji.say.people }).waitFor();
    await minji.screenshot("people");
    expect(minji.errors).toEqual([]);
  });

  it("of what is found as Korean is typed, on a phone", async () => {
    const minji = await Person.open(browser, "minji", { locale: "ko-KR", width: 390, height: 700 });
    const box = minji.page.getByRole("searchbox", { name: minji.say.search });
    const corrections = minji.page.locator(".hit-correction mark");
    await soon(async () => {
      // The demo is written to the index a moment after it was filled in.
      await box.fill("");
      await box.fill("공부");
      await minji.page.locator(".found a.hit").or(minji.page.getByText(minji.say.found.nothing)).first().waitFor();
      return corrections.count();
    }).toBeGreaterThan(0);
    await minji.screenshot("search-phone");
    expect(minji.errors).toEqual([]);
  });

  it("of corrections, on a phone in the dark, and of a phone without a network", async () => {
    const look = { locale: "en-US", colorScheme: "dark", width: 390, height: 700 } as const;
    const emily = await Person.open(browser, "emily", look);
    await emily.page.getByRole("link", { name: /Minji Kim/ }).click();
    await emily.waitFor("live");
    await emily.log.getByRole("figure").last().scrollIntoViewIfNeeded();
    await emily.page.mouse.move(1, 1);
    await emily.screenshot("correction-phone");
    await emily.setOffline(true);
    await emily.waitFor("offline");
    await emily.page.getByRole("button", { name: emily.say.newest }).or(emily.composer).first().click();
    for (const words of ["On the train now", "지하철이라 잘 안 터져요 😅"]) await emily.write(words);
    await emily.log.locator(".outgoing").last().waitFor();
    await emily.screenshot("offline-phone");
    expect(emily.errors).toEqual([]);
  });
});
