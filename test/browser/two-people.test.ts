import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, Person, PHONE, soon } from "./support.ts";

/** One conversation from its first message on: every test goes on where the one before ended. */
describe("Minji on a Korean desktop and Emily on a dark English phone", () => {
  const roomName = `둘이서 ${Date.now()}`;
  let browser: Browser;
  let minji: Person;
  let emily: Person;

  beforeAll(async () => {
    browser = await openBrowser();
    minji = await Person.open(browser, "minji", { locale: "ko-KR" });
    emily = await Person.open(browser, "emily", { locale: "en-US", colorScheme: "dark", ...PHONE });
  });
  afterAll(() => browser?.close());

  it("meet in a group that one of them makes", async () => {
    await minji.page.getByRole("button", { name: minji.say.newRoom }).click();
    const dialog = minji.page.getByRole("dialog", { name: minji.say.newRoom });
    await dialog.getByRole("radio", { name: minji.say.group }).check();
    await dialog.getByLabel(minji.say.groupName).fill(roomName);
    await dialog.getByLabel("Emily Carter").check();
    await minji.screenshot("new-room");
    await dialog.getByRole("button", { name: minji.say.create }).click();
    await minji.waitFor("live");
    await emily.page.getByRole("link", { name: roomName }).click();
    await emily.waitFor("live");
    expect(emily.roomId).toBe(minji.roomId);
  });

  it("see each other typing, and what was written", async () => {
    await minji.composer.pressSequentially("안녕하세요, 에밀리!");
    await emily.page.getByText(emily.say.typing("Minji Kim", 1)).waitFor();
    await minji.composer.press("Enter");
    await emily.row("안녕하세요, 에밀리!").waitFor();
    await emily.page.getByText(emily.say.typing("Minji Kim", 1)).waitFor({ state: "detached" });
    await emily.composer.fill("Hi Minji! 어제 나는 학교를 갔어요.");
    await emily.page.getByRole("button", { name: emily.say.send }).click();
    await minji.row("어제 나는 학교를 갔어요.").waitFor();
    expect(await minji.bubbles()).toEqual(await emily.bubbles());
  });

  it("hear of it from a screen reader, once", async () => {
    const spoken = minji.page.locator("[data-announcer]");
    await soon(() => spoken.textContent()).toBe("Emily Carter: Hi Minji! 어제 나는 학교를 갔어요.");
  });

  it("see how far the other has read", async () => {
    await emily.row("학교를 갔어요").getByText(emily.say.readBy("Minji Kim")).waitFor();
    expect(await minji.log.locator(".outgoing").count()).toBe(0);
  });

  it("edit what they wrote last with the arrow key", async () => {
    await emily.composer.focus();
    await emily.page.keyboard.press("ArrowUp");
    const field = emily.log.getByRole("textbox", { name: emily.say.edit });
    expect(await field.inputValue()).toBe("Hi Minji! 어제 나는 학교를 갔어요.");
    await field.fill("Hi Minji! 어제 저는 학교를 갔어요.");
    await field.press("Enter");
    await minji.row("어제 저는 학교를 갔어요.").getByText(minji.say.edited).waitFor();
  });

  it("correct each other, word by word, and say why", async () => {
    await minji.act("Hi Minji!", minji.say.correct);
    await minji.log.getByRole("textbox", { name: minji.say.corrected }).fill("Hi Minji! 어제 저는 학교에 갔어요.");
    await minji.log.getByRole("textbox", { name: minji.say.note }).fill("‘가다’는 장소에 ‘에’를 써요.");
    await minji.screenshot("correcting");
    await minji.log.getByRole("button", { name: minji.say.propose }).click();
    const card = emily.row("Hi Minji!").getByRole("figure");
    await card.waitFor();
    expect(await card.locator("del").allTextContents()).toEqual([`${emily.say.removedWord} 학교를`]);
    expect(await card.locator("ins").allTextContents()).toEqual([`${emily.say.addedWord} 학교에`]);
    await card.getByText("‘가다’는 장소에 ‘에’를 써요.").waitFor();
  });

  it("react with one of a few, or with any emoji, found by its Korean name", async () => {
    await emily.act("안녕하세요, 에밀리!", emily.say.react);
    await emily.page.getByRole("button", { name: "👏", exact: true }).click();
    const reaction = minji.row("안녕하세요, 에밀리!").locator(".reactions button");
    await soon(() => reaction.allTextContents()).toEqual(["👏 1"]);
    await reaction.click();
    await emily.row("안녕하세요").locator(".reactions").getByText("👏 2").waitFor();
    await reaction.click();
    await emily.row("안녕하세요").locator(".reactions").getByText("👏 1").waitFor();

    await minji.act("Hi Minji!", minji.say.react);
    await minji.page.getByRole("button", { name: minji.say.moreEmoji }).click();
    const search = minji.page.getByRole("combobox", { name: minji.say.emojiPicker.searchLabel });
    await search.fill("고양이");
    await minji.page
      .getByRole("option", { name: /고양이/ })
      .first()
      .waitFor();
    await minji.screenshot("emoji-picker");
    await search.press("ArrowDown");
    await search.press("Enter");
    await soon(() => emily.row("Hi Minji!").locator(".reactions button").count()).toBe(1);
  });

  it("reply, and delete after a question", async () => {
    await emily.act("안녕하세요, 에밀리!", emily.say.reply);
    await emily.write("Thank you for the correction 🙏");
    const reply = minji.row("Thank you");
    await reply.getByRole("link", { name: `${minji.say.replyTo} Minji Kim 안녕하세요, 에밀리!` }).waitFor();
    await minji.write("오타");
    await emily.row("오타").waitFor();
    await minji.choose("오타", minji.say.delete);
    const question = minji.page.getByRole("alertdialog", { name: minji.say.confirmDelete });
    await question.getByRole("button", { name: minji.say.cancel }).click();
    expect(await emily.bubbles()).toContain("오타");
    await minji.choose("오타", minji.say.delete);
    await question.getByRole("button", { name: minji.say.delete }).click();
    await emily.log.getByText(emily.say.deleted).waitFor();
    expect(await emily.bubbles()).not.toContain("오타");
  });

  it("follow links, and only those that are what they seem", async () => {
    await emily.write("https://example.com/한 and javascript:alert(1) and https://bank.example@evil.example");
    const row = minji.row("javascript:alert(1)");
    await row.waitFor();
    const links = await row.locator(".words a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    expect(links).toEqual(["https://example.com/"]);
    expect(await row.locator(".words a").getAttribute("rel")).toBe("noopener noreferrer");
  });

  it("see in the list what waits, and in the tab's title how much", async () => {
    await emily.composer.fill("half a thought");
    await emily.page.getByRole("button", { name: emily.say.back }).click();
    const link = emily.page.getByRole("link", { name: roomName });
    await link.getByText("half a thought").waitFor();
    await link.getByText(emily.say.draft).waitFor();
    await minji.write("에밀리, 주말에 뭐 해요?");
    await link.getByText(emily.say.unread(1)).waitFor({ state: "attached" });
    await soon(() => emily.page.title()).toMatch(/^\((?:[1-9]\d?|99\+)\) StudyMate$/);
    await emily.screenshot("rooms-phone-dark");
    await link.click();
    await emily.waitFor("live");
    expect(await emily.composer.inputValue()).toBe("half a thought");
    await emily.composer.fill("");
    await emily.screenshot("conversation-phone-dark");
    await minji.screenshot("conversation-desktop");
  });

  it("manage who takes part", async () => {
    await minji.page.getByRole("button", { name: minji.say.showPeople }).click();
    const panel = minji.page.getByRole("dialog", { name: minji.say.people });
    await panel.getByLabel("Daniel Brooks").check();
    await panel.getByRole("button", { name: minji.say.inviteAction }).click();
    await panel.getByRole("listitem").filter({ hasText: "Daniel Brooks" }).waitFor();
    await panel.getByLabel(minji.say.groupName).fill(`${roomName} ☕`);
    await panel.getByRole("button", { name: minji.say.rename }).click();
    await emily.page.getByRole("heading", { name: `${roomName} ☕` }).waitFor();
    await minji.screenshot("people-admin");
    await panel.getByRole("button", { name: minji.say.personActions("Emily Carter") }).click();
    await minji.page.getByRole("menuitem", { name: minji.say.makeAdmin }).click();
    await panel.getByRole("listitem").filter({ hasText: "Emily Carter" }).getByText(minji.say.roles.ADMIN).waitFor();
    await panel.getByRole("button", { name: minji.say.personActions("Daniel Brooks") }).click();
    await minji.page.getByRole("menuitem", { name: minji.say.remove }).click();
    await minji.page.getByRole("alertdialog").getByRole("button", { name: minji.say.remove }).click();
    await panel.getByRole("listitem").filter({ hasText: "Daniel Brooks" }).waitFor({ state: "detached" });
    await minji.page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
  });

  it("had no error on the way, and nothing that the page's own policy forbids", () => {
    expect(minji.errors.concat(emily.errors)).toEqual([]);
  });
});
