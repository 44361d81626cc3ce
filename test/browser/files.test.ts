/** What people send beside words, and the pictures of themselves: between two windows of a real browser. */
import { readFileSync } from "node:fs";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { en as filesEn } from "../../src/web/locale/files/en.ts";
import { ko as filesKo } from "../../src/web/locale/files/ko.ts";
import { findings } from "./axe.ts";
import { drawnPng } from "./drawn-png.ts";
import { type MadeRoom, makeRoom } from "./rooms.ts";
import { openBrowser, Person, PHONE, sharedServer, soon } from "./support.ts";

describe("A person's picture", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it("takes the place of the initial, wherever they are shown, once they have chosen it", async () => {
    const { roomId, clients } = await makeRoom({ people: ["junho", "sofia"], messages: 2 });
    const [junho] = clients;
    const sofia = await Person.open(browser, "sofia", { locale: "en-US" });
    await sofia.enter(roomId);
    expect(await sofia.page.locator(".avatar img").count()).toBe(0);

    const { key } = (await junho?.request<{ key: string }>({
      method: "POST",
      path: "/v1/media",
      query: { purpose: "avatar" },
      body: new Blob([drawnPng(200, 200)], { type: "image/png" }),
    })) ?? { key: "" };
    await junho?.request({ method: "PUT", path: "/v1/me/avatar", body: { key } });
    const avatar = sofia.row("message 2").locator(".avatar img");
    await avatar.waitFor();
    await soon(() => avatar.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(200);
    expect(await avatar.getAttribute("src")).toMatch(`blob:${sharedServer()}`);

    await sofia.page.getByRole("button", { name: sofia.say.showPeople }).click();
    await sofia.page.getByRole("dialog", { name: sofia.say.people }).locator(".avatar img").waitFor();
    await sofia.screenshot("avatars");
    await junho?.request({ method: "PUT", path: "/v1/me/avatar", body: { key: null } });
    await soon(() => sofia.page.locator(".avatar img").count()).toBe(0);
    expect(sofia.errors).toEqual([]);
    for (const client of clients) client.close();
    await sofia.context.close();
  });
});

describe("Minji on a Korean desktop and Emily on an English phone", () => {
  let browser: Browser;
  let made: MadeRoom;
  let minji: Person;
  let emily: Person;

  beforeAll(async () => {
    browser = await openBrowser();
    made = await makeRoom({ people: ["minji", "emily"], messages: 4, name: "파일 · files" });
    minji = await Person.open(browser, "minji", { locale: "ko-KR" });
    emily = await Person.open(browser, "emily", { locale: "en-US", colorScheme: "dark", ...PHONE });
    await Promise.all([minji.enter(made.roomId), emily.enter(made.roomId)]);
  });
  afterAll(async () => {
    for (const client of made?.clients ?? []) client.close();
    await browser?.close();
  });

  const pick = (person: Person, files: { name: string; mimeType: string; buffer: Buffer }[]) =>
    person.page.locator("input[data-files]").setInputFiles(files);
  const png = (name: string, width = 640, height = 480) => {
    return { name, mimeType: "image/png", buffer: drawnPng(width, height) };
  };
  const widthOf = (row: Locator) => row.locator(".picture img").evaluate((img: HTMLImageElement) => img.naturalWidth);

  it("send a picture with words by the button, and the other sees it without a reload, and after one", async () => {
    await pick(minji, [png("바다.png")]);
    const tray = minji.page.getByRole("list", { name: filesKo.picked });
    await tray.getByText("바다.png").waitFor();
    await minji.composer.fill("바다에서");
    await minji.screenshot("files-tray");
    expect(await findings(minji)).toEqual([]);
    await minji.composer.press("Enter");
    const received = emily.row("바다에서");
    await soon(() => widthOf(received)).toBe(640);
    await tray.waitFor({ state: "detached" });
    await soon(() => minji.row("바다에서").locator(".picture img").count()).toBe(1);
    await emily.screenshot("files-picture-phone");
    await emily.page.reload();
    await soon(() => widthOf(emily.row("바다에서"))).toBe(640);
    await soon(() => emily.page.locator("[data-announcer]").count()).toBe(1);
  });

  it("reserve its place before it is there: nothing moves", async () => {
    const row = emily.row("바다에서").locator(".shared.picture");
    const { width = 0, height = 1 } = (await row.boundingBox()) ?? {};
    expect(Math.abs(width / height - 640 / 480)).toBeLessThan(0.02);
  });

  it("paste a picture, and drop files: several leave one after the other, the words with the first", async () => {
    await emily.composer.evaluate(
      (field, bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], "image.png", { type: "image/png" }));
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      },
      [...drawnPng(60, 40)],
    );
    await emily.page.getByRole("main").evaluate((main) => {
      const data = new DataTransfer();
      data.items.add(new File(["단어장 1과"], "단어장.txt", { type: "text/plain" }));
      main.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await soon(() => emily.page.locator(".tray-item").count()).toBe(2);
    await emily.screenshot("files-tray-phone");
    expect(await findings(emily)).toEqual([]);
    await emily.composer.fill("two at once");
    await emily.page.getByRole("button", { name: emily.say.send, exact: true }).click();
    await soon(() => widthOf(minji.row("two at once"))).toBe(60);
    await minji.row("단어장.txt").waitFor();
    expect(await minji.row("단어장.txt").locator(".words").count()).toBe(0);
  });

  it("save a file under its Korean name", async () => {
    const row = minji.row("단어장.txt");
    await row.hover();
    const saved = minji.page.waitForEvent("download");
    await row.getByRole("button", { name: `${filesKo.download}: 단어장.txt` }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe("단어장.txt");
    expect(readFileSync(await download.path(), "utf8")).toBe("단어장 1과");
    await minji.screenshot("files-log");
    expect(await findings(minji)).toEqual([]);
  });

  it("look at a picture large, with the keyboard alone", async () => {
    const open = minji.row("바다에서").getByRole("button", { name: filesKo.pictureBy(minji.say.you, "바다에서") });
    await open.focus();
    await minji.page.keyboard.press("Enter");
    const dialog = minji.page.getByRole("dialog", { name: "바다.png" });
    await dialog.waitFor();
    await soon(() => dialog.locator("> img").evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(640);
    await minji.screenshot("files-large");
    expect(await findings(minji)).toEqual([]);
    await minji.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await soon(() => open.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  it("are told before anything is sent that a file is not taken, and what would be", async () => {
    await pick(emily, [{ name: "page.html", mimeType: "text/html", buffer: Buffer.from("<p>") }]);
    const item = emily.page.locator(".tray-item");
    await item
      .getByRole("alert")
      .getByText(filesEn.problems.unsupported_media_type ?? "")
      .waitFor();
    expect(await emily.page.getByRole("button", { name: emily.say.send, exact: true }).count()).toBe(0);
    expect(await findings(emily)).toEqual([]);
    await item.getByRole("button", { name: filesEn.leaveOut("page.html") }).click();
    await item.waitFor({ state: "detached" });
  });

  it("learn what the server found in a file, and keep it until they leave it out", async () => {
    await pick(emily, [{ name: "broken.png", mimeType: "image/png", buffer: drawnPng(40, 40).subarray(0, 90) }]);
    await emily.page.getByRole("button", { name: emily.say.send, exact: true }).click();
    const item = emily.page.locator(".tray-item");
    await item.getByRole("alert").waitFor();
    await emily.screenshot("files-refused-phone");
    await item.getByRole("button", { name: filesEn.leaveOut("broken.png") }).click();
    await item.waitFor({ state: "detached" });
  });

  it("try again what was lost with the network", async () => {
    await pick(emily, [png("later.png", 30, 30)]);
    await emily.setOffline(true);
    await emily.page.getByRole("button", { name: emily.say.send, exact: true }).click();
    const item = emily.page.locator(".tray-item");
    await item.getByRole("alert").waitFor();
    await emily.setOffline(false);
    await emily.waitFor("live");
    const before = await minji.log.locator(".picture").count();
    await item.getByRole("button", { name: `${filesEn.again}: later.png` }).click();
    await item.waitFor({ state: "detached" });
    await soon(() => minji.log.locator(".picture").count()).toBe(before + 1);
  });

  it("record a voice, listen, send it, and the other plays it", async () => {
    await minji.page.getByRole("button", { name: minji.say.record }).click();
    const recorder = minji.page.getByRole("group", { name: filesKo.record.title });
    await recorder.getByRole("timer").getByText("0:02").waitFor();
    await minji.screenshot("files-recording");
    expect(await findings(minji)).toEqual([]);
    await recorder.getByRole("button", { name: filesKo.record.done }).click();
    await recorder.getByRole("button", { name: filesKo.play }).waitFor();
    await minji.screenshot("files-review");
    await recorder.getByRole("button", { name: filesKo.record.send }).click();

    const voice = emily.log.getByRole("group", { name: filesEn.voice });
    await voice.getByRole("button", { name: filesEn.play }).waitFor();
    const position = voice.getByRole("slider", { name: filesEn.position });
    expect(Number(await position.getAttribute("max"))).toBeGreaterThan(1_000);
    await voice.getByRole("button", { name: filesEn.play }).click();
    await soon(() => position.inputValue().then(Number)).toBeGreaterThan(200);
    await emily.screenshot("files-voice-phone");
    expect(await findings(emily)).toEqual([]);
    await position.focus();
    await soon(() => minji.page.locator(".room-last").first().textContent()).toContain(minji.say.kinds.VOICE);
  });

  it("discard a recording with Escape, and are told where the microphone is forbidden", async () => {
    await emily.page.getByRole("button", { name: emily.say.record }).click();
    const recorder = emily.page.getByRole("group", { name: filesEn.record.title });
    await recorder.getByRole("timer").waitFor();
    await emily.page.keyboard.press("Escape");
    await recorder.waitFor({ state: "detached" });
    await emily.composer.waitFor();
    await emily.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    await emily.page.getByRole("button", { name: emily.say.record }).click();
    await recorder.getByRole("alert").getByText(filesEn.record.denied).waitFor();
    await emily.screenshot("files-denied-phone");
    expect(await findings(emily)).toEqual([]);
    await emily.page.getByRole("button", { name: emily.say.close }).click();
  });

  it("quote and list them by what they are, and cannot correct what has no words", async () => {
    const voice = emily.log.locator("article.message").filter({ has: emily.page.locator(".voice") });
    await voice.hover();
    await voice.focus();
    expect(await voice.getByRole("button", { name: emily.say.correct, exact: true }).count()).toBe(0);
    await voice.getByRole("button", { name: emily.say.reply, exact: true }).click();
    await emily.write("I heard it");
    await minji.row("I heard it").getByRole("link", { name: minji.say.kinds.VOICE }).waitFor();
  });

  it("take it back: it is gone for both", async () => {
    await minji.choose("바다에서", minji.say.delete);
    await minji.page.getByRole("alertdialog").getByRole("button", { name: minji.say.delete }).click();
    await emily.log.getByText(emily.say.deleted).waitFor();
    expect(await emily.row("바다에서").count()).toBe(0);
    expect([...minji.errors, ...emily.errors]).toEqual([]);
  });
});
