import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputMethod } from "./input-method.ts";
import { makeRoom } from "./rooms.ts";
import { openBrowser, Person, sharedServer, soon } from "./support.ts";

describe("A Korean keyboard", () => {
  let browser: Browser;
  let minji: Person;
  let keyboard: InputMethod;

  beforeAll(async () => {
    browser = await openBrowser();
    const { roomId } = await makeRoom({ people: ["minji", "emily"], messages: 0 });
    minji = await Person.open(browser, "minji", { locale: "ko-KR" }, `#${roomId}`);
    await minji.waitFor("live");
    keyboard = await InputMethod.of(minji);
  });
  afterAll(() => browser?.close());

  it("composes syllables, and the Enter that ends the last one sends nothing", async () => {
    await minji.composer.click();
    await keyboard.compose("ㅎ", "하", "한");
    await keyboard.commit("한");
    await keyboard.compose("ㄱ", "그", "글");
    await keyboard.takenEnter();
    expect(await minji.composer.inputValue()).toBe("한글");
    await keyboard.commit("글");
    expect(await minji.composer.inputValue()).toBe("한글");
    expect(await minji.bubbles()).toEqual([]);
  });

  it("sends with the next Enter, once", async () => {
    await minji.composer.press("Enter");
    await soon(() => minji.bubbles()).toEqual(["한글"]);
    expect(await minji.composer.inputValue()).toBe("");
    await minji.composer.press("Enter");
    await minji.write("다음");
    await soon(() => minji.bubbles()).toEqual(["한글", "다음"]);
  });

  it("does not send where the browser ends the composition before it tells of the key", async () => {
    await minji.composer.fill("사파리");
    await minji.composer.evaluate((field) => {
      field.dispatchEvent(new CompositionEvent("compositionend", { data: "리", bubbles: true }));
      field.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }),
      );
    });
    expect(await minji.composer.inputValue()).toBe("사파리");
    await minji.composer.press("Enter");
    await soon(() => minji.bubbles()).toEqual(["한글", "다음", "사파리"]);
  });

  it("makes a new line with Shift, and puts an emoji where the cursor is", async () => {
    await minji.composer.fill("첫 줄");
    await minji.composer.press("Shift+Enter");
    await minji.composer.pressSequentially("둘째 줄");
    await minji.page.locator(".composer").getByRole("button", { name: minji.say.emoji }).click();
    await minji.page.getByRole("combobox", { name: minji.say.emojiPicker.searchLabel }).fill("하트");
    await minji.page.getByRole("option").first().click();
    await soon(() => minji.composer.inputValue()).toMatch(/^첫 줄\n둘째 줄\p{Emoji}/u);
    await soon(() => minji.focused()).toContain(minji.say.write);
    expect(minji.errors).toEqual([]);
  });

  it("keeps a draft for each person", async () => {
    const other = await minji.openTab(`#${minji.roomId}`, "ko-KR");
    await soon(() => other.composer.inputValue()).toMatch(/^첫 줄/);
    await other.page.goto(`${sharedServer()}/?as=emily#${minji.roomId}`);
    await other.waitFor("live");
    expect(await other.composer.inputValue()).toBe("");
  });
});
