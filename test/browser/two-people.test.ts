import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, Person } from "./support.ts";

/** One conversation from its first message on: every test goes on where the one before ended. */
describe("Minji and Emily, in two windows", () => {
  const roomName = `둘이서 ${Date.now()}`;
  let browser: Browser;
  let minji: Person;
  let emily: Person;

  beforeAll(async () => {
    browser = await openBrowser();
    minji = await Person.open(browser, "minji", { locale: "ko-KR" });
    emily = await Person.open(browser, "emily", { locale: "en-US", colorScheme: "dark", width: 390 });
  });
  afterAll(() => browser?.close());

  it("meet in a room that one of them makes", async () => {
    await minji.page.getByRole("button", { name: minji.say.newRoom }).click();
    await minji.page.getByLabel(minji.say.group).check();
    await minji.page.getByLabel(minji.say.groupName).fill(roomName);
    await minji.page.getByLabel("Emily Carter").check();
    await minji.page.getByRole("button", { name: minji.say.create }).click();
    await minji.waitFor("live");
    await emily.page.getByRole("link", { name: roomName }).click();
    await emily.waitFor("live");
  });

  it("see each other typing, and what was written", async () => {
    await minji.composer.pressSequentially("안녕하세요, 에밀리!");
    await emily.page.getByText(emily.say.typing).waitFor();
    await minji.composer.press("Enter");
    await emily.row("안녕하세요, 에밀리!").waitFor();
    await emily.page.getByText(emily.say.typing).waitFor({ state: "detached" });
    await emily.write("Hi Minji! 어제 나는 학교를 갔어요.");
    await minji.row("어제 나는 학교를 갔어요.").waitFor();
    expect(await minji.bubbles()).toEqual(await emily.bubbles());
  });

  it("see how far the other has read", async () => {
    await emily.row("학교를 갔어요").getByText(emily.say.readBy).waitFor();
    expect(await minji.log.locator("li.outgoing").count()).toBe(0);
  });

  it("edit what they wrote", async () => {
    await emily.act("Hi Minji!", emily.say.edit);
    const field = emily.log.getByRole("textbox", { name: emily.say.edit });
    await field.fill("Hi Minji! 어제 저는 학교를 갔어요.");
    await field.press("Enter");
    await minji.row("어제 저는 학교를 갔어요.").getByText(minji.say.edited).waitFor();
  });

  it("correct each other, word by word, and say why", async () => {
    await minji.act("Hi Minji!", minji.say.correct);
    await minji.log.getByRole("textbox", { name: minji.say.corrected }).fill("Hi Minji! 어제 저는 학교에 갔어요.");
    await minji.log.getByRole("textbox", { name: minji.say.note }).fill("가다에는 '에'를 써요.");
    await minji.log.getByRole("button", { name: minji.say.propose }).click();
    const card = emily.row("Hi Minji!").getByRole("figure");
    await card.waitFor();
    expect(await card.locator("del").allTextContents()).toEqual(["학교를"]);
    expect(await card.locator("ins").allTextContents()).toEqual(["학교에"]);
    await card.getByText("가다에는 '에'를 써요.").waitFor();
  });

  it("react, and take it back", async () => {
    const row = emily.row("안녕하세요, 에밀리!");
    await row.hover();
    await row.locator(".palette summary").click();
    await row.getByRole("button", { name: "👏", exact: true }).click();
    const reaction = minji.row("안녕하세요, 에밀리!").locator(".reactions button");
    await reaction.waitFor();
    expect(await reaction.textContent()).toBe("👏 1");
    await reaction.click();
    await row.locator(".reactions").getByText("👏 2").waitFor();
    await reaction.click();
    await row.locator(".reactions").getByText("👏 1").waitFor();
  });

  it("reply to a message, and delete one", async () => {
    await emily.act("안녕하세요, 에밀리!", emily.say.reply);
    await emily.write("Thank you for the correction 🙏");
    await minji.row("Thank you").locator("blockquote").getByText("안녕하세요, 에밀리!").waitFor();
    await minji.write("오타");
    await minji.row("오타").waitFor();
    await minji.act("오타", minji.say.delete);
    await emily.log.getByText(emily.say.deleted).waitFor();
    expect(await emily.bubbles()).not.toContain("오타");
    await minji.screenshot("two-people-minji");
    await emily.screenshot("two-people-emily-phone");
  });

  it("do not send half a syllable with the Enter that ends a composition", async () => {
    await minji.composer.click();
    const devtools = await minji.page.context().newCDPSession(minji.page);
    await devtools.send("Input.imeSetComposition", { text: "한그", selectionStart: 2, selectionEnd: 2 });
    // What a browser tells of a key that the input method takes.
    await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", windowsVirtualKeyCode: 229 });
    await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", windowsVirtualKeyCode: 13 });
    expect(await minji.composer.inputValue()).toBe("한그");
    await devtools.send("Input.insertText", { text: "한글" });
    expect(await minji.composer.inputValue()).toBe("한글");
    await minji.composer.press("Enter");
    await emily.row("한글").waitFor();
    expect(await emily.bubbles()).not.toContain("한그");
  });

  it("lose nothing when the network goes away for a while", async () => {
    await emily.setOffline(true);
    await emily.waitFor("offline");
    for (const words of ["offline one", "offline two", "오프라인 셋"]) await emily.write(words);
    await emily.log.getByText(emily.say.waiting).first().waitFor();
    await emily.screenshot("offline-phone");
    await minji.write("에밀리, 거기 있어요?");
    await minji.row("에밀리, 거기 있어요?").waitFor();
    await emily.setOffline(false);
    await minji.row("오프라인 셋").waitFor();
    await emily.row("에밀리, 거기 있어요?").waitFor();
    await expect.poll(() => emily.log.locator("li.outgoing").count()).toBe(0);
    const last = ["에밀리, 거기 있어요?", "offline one", "offline two", "오프라인 셋"];
    expect((await minji.bubbles()).slice(-4)).toEqual(last);
    expect((await emily.bubbles()).slice(-4)).toEqual(last);
  });

  it("find everything again after a reload", async () => {
    const before = await emily.bubbles();
    await emily.page.reload();
    await emily.waitFor("live");
    await emily.row("오프라인 셋").waitFor();
    expect(await emily.bubbles()).toEqual(before);
    expect(minji.errors.concat(emily.errors)).toEqual([]);
  });
});
