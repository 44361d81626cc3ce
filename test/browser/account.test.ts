/** One's account: the profile with its picture, devices, who is blocked, the export, and the end of it all. */
import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signIn } from "../e2e/support/people.ts";
import { drawnPng } from "./drawn-png.ts";
import { type ServerWithProviders, signInWithNaver, signUpWithNaver, startWithProviders } from "./providers.ts";
import { openBrowser, Person, PHONE, soon } from "./support.ts";

let browser: Browser;
let server: ServerWithProviders;
let seoyeon: Person;

beforeAll(async () => {
  server = await startWithProviders();
  browser = await openBrowser();
  seoyeon = await Person.visit(browser, { locale: "en-US", baseUrl: server.baseUrl });
  await signUpWithNaver(seoyeon, server.naver, "Seoyeon");
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const button = ({ page }: Person, name: string) => page.getByRole("button", { name, exact: true });
const heading = ({ page }: Person, name: string) => page.getByRole("heading", { name, exact: true });
const section = ({ page }: Person, name: string) => page.getByRole("region", { name, exact: true });
const open = (person: Person, panel: string) => person.page.goto(`${server.baseUrl}/#${panel}`);

/** Calls the API as whoever is signed in in a window. */
async function ask({ page }: Person, method: string, path: string): Promise<{ status: number; body: string }> {
  return page.evaluate(
    async ([verb, address]) => {
      const { accessToken } = JSON.parse(localStorage.getItem("studymate.tokens") ?? "{}");
      const response = await fetch(address, { method: verb, headers: { authorization: `Bearer ${accessToken}` } });
      return { status: response.status, body: await response.text() };
    },
    [method, path] as const,
  );
}

describe("The profile", () => {
  it("is reached from the settings, and has an address of its own", async () => {
    const { page, say, profile } = seoyeon;
    await button(seoyeon, profile.wizard.later).click();
    await button(seoyeon, say.settings).click();
    await page.getByRole("menuitem", { name: say.profile }).click();
    await heading(seoyeon, profile.title).waitFor();
    expect(page.url()).toBe(`${server.baseUrl}/#profile`);
    await page.getByRole("link", { name: seoyeon.account.devices.title }).click();
    await heading(seoyeon, seoyeon.account.devices.title).waitFor();
    await page.goBack();
    await heading(seoyeon, profile.title).waitFor();
    await page.reload();
    await heading(seoyeon, profile.title).waitFor();
  });

  it("shows the part of a picture that was chosen with the keyboard and the wheel", async () => {
    const { page, profile } = seoyeon;
    const { picture } = profile;
    const choose = page.locator("input[type=file]");
    await choose.setInputFiles({ name: "not.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await page.getByText(picture.unreadable).waitFor();

    await choose.setInputFiles({ name: "sea.png", mimeType: "image/png", buffer: drawnPng(900, 600) });
    const dialog = page.getByRole("dialog", { name: picture.crop });
    const area = dialog.getByRole("img", { name: picture.area });
    await area.waitFor();
    const image = dialog.locator(".crop img");
    const transform = () => image.evaluate((element) => getComputedStyle(element).transform);
    const before = await transform();
    await area.focus();
    await page.keyboard.press("ArrowRight");
    await soon(transform).not.toBe(before);
    await page.keyboard.press("+");
    await soon(() => dialog.getByRole("slider", { name: picture.zoom }).inputValue()).toBe("1.1");
    await area.hover();
    await page.mouse.wheel(0, -300);
    await soon(async () => Number(await dialog.getByRole("slider").inputValue())).toBeGreaterThan(1.1);
    await seoyeon.screenshot("crop-desktop");
    await dialog.getByRole("button", { name: picture.use }).click();
    await page.getByText(picture.changed).waitFor();
    const shown = page.locator(".picture .avatar img");
    await shown.waitFor();
    await soon(() => shown.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(512);
    await button(seoyeon, picture.change).waitFor();
  });

  it("is saved part by part, refusals at their field, and others see what they may", async () => {
    const { page, profile } = seoyeon;
    const names = section(seoyeon, profile.sections.names);
    await names.getByLabel(profile.names.english).fill("");
    await names.getByRole("button", { name: profile.save }).click();
    await names.getByText(profile.problems.needed).waitFor();
    // What the page does not know, the server does: a name that shows nothing.
    await names.getByLabel(profile.names.english).fill("\u2800");
    await names.getByRole("button", { name: profile.save }).click();
    await names.getByText(profile.problems.notTaken).waitFor();
    await names.getByLabel(profile.names.english).fill("Seoyeon Park");
    await names.getByLabel(profile.names.korean).fill("박서연");
    await names.getByRole("button", { name: profile.save }).click();
    await names.getByText(profile.saved).waitFor();
    await page.locator(".whoami").getByText("Seoyeon Park").waitFor();

    const languages = section(seoyeon, profile.sections.languages);
    for (const [type, name] of [
      ["NATIVE", "Korean"],
      ["LEARNING", "English"],
      ["LEARNING", "French"],
    ] as const) {
      await languages.getByRole("combobox", { name: profile.languages.add[type] }).fill(name);
      await languages.getByRole("option", { name, exact: true }).click();
    }
    await languages.getByRole("button", { name: profile.languages.makeMain("French") }).click();
    await languages.getByRole("button", { name: profile.save }).click();
    await languages.getByText(profile.saved).waitFor();

    const interests = section(seoyeon, profile.sections.interests);
    await interests.getByRole("checkbox", { name: "cooking" }).check();
    await interests.getByRole("button", { name: profile.save }).click();
    await interests.getByText(profile.saved).waitFor();

    const wishes = section(seoyeon, profile.sections.wishes);
    await wishes.getByRole("radio", { name: profile.wishes.genders.FEMALE }).check();
    await wishes.getByRole("combobox", { name: profile.wishes.addCountry }).fill("canada");
    await wishes.getByRole("option", { name: "Canada" }).click();
    await wishes.getByRole("button", { name: profile.save }).click();
    await wishes.getByText(profile.saved).waitFor();
    await seoyeon.screenshot("profile-desktop");

    await button(seoyeon, profile.preview.action).click();
    const preview = page.getByRole("dialog", { name: profile.preview.title });
    await preview.getByText("French, English").waitFor();
    await preview.getByText("cooking").waitFor();
    await preview.locator(".avatar img").waitFor();
    expect(await preview.textContent()).not.toContain("1999");
    await seoyeon.screenshot("preview-desktop");
    await page.keyboard.press("Escape");

    await page.reload();
    await soon(() => names.getByLabel(profile.names.korean).inputValue()).toBe("박서연");
    await wishes.getByText("Canada").waitFor();
    await button(seoyeon, profile.picture.remove).click();
    await page.getByText(profile.picture.removed).waitFor();
    expect(await page.locator(".picture .avatar img").count()).toBe(0);
  });
});

describe("Devices", () => {
  it("another one is seen, ended, and is signed out there", async () => {
    const phone = await Person.visit(browser, { locale: "ko-KR", ...PHONE, baseUrl: server.baseUrl });
    await signInWithNaver(phone, server.naver, { id: "naver-Seoyeon" });
    await button(phone, phone.say.settings).waitFor();
    await phone.page.getByText("박서연").waitFor();

    const { page, account } = seoyeon;
    await open(seoyeon, "devices");
    const rows = page.locator(".device");
    await soon(() => rows.count()).toBe(2);
    await rows.filter({ hasText: account.devices.current }).getByText("Chrome on Linux").waitFor();
    await seoyeon.screenshot("devices-desktop");
    await button(seoyeon, account.devices.endNamed("Chrome on Linux")).click();
    await page.getByRole("alertdialog").getByRole("button", { name: account.devices.end }).click();
    await page.getByText(account.devices.ended).waitFor();
    expect(await rows.count()).toBe(1);

    await phone.page.getByText(phone.account.farewell.ended).waitFor();
    await button(phone, phone.account.signIn.continueWith.naver).waitFor();
    expect(await phone.page.evaluate(() => localStorage.getItem("studymate.tokens"))).toBe(null);
    expect(phone.errors).toEqual([]);
    await phone.context.close();
  });

  it("all others are ended at once", async () => {
    const others = [];
    for (let count = 0; count < 2; count += 1) {
      const other = await Person.visit(browser, { locale: "en-US", baseUrl: server.baseUrl });
      await signInWithNaver(other, server.naver, { id: "naver-Seoyeon" });
      await button(other, other.say.settings).waitFor();
      await other.page.locator(".whoami").waitFor();
      others.push(other);
    }
    const { page, account } = seoyeon;
    await page.reload();
    await button(seoyeon, account.devices.endOthers).click();
    await page.getByRole("alertdialog").getByRole("button", { name: account.devices.end }).click();
    await page.getByText(account.devices.ended).waitFor();
    expect(await page.locator(".device").count()).toBe(1);
    for (const other of others) {
      await other.page.getByText(account.farewell.ended).waitFor();
      await other.context.close();
    }
  });
});

describe("Privacy", () => {
  it("who was blocked can be unblocked", async () => {
    const { account } = seoyeon;
    const junho = await signIn(server.baseUrl, "Junho");
    const emily = await signIn(server.baseUrl, "Emily");
    for (const { id } of [junho, emily]) expect((await ask(seoyeon, "PUT", `/v1/me/blocks/${id}`)).status).toBe(204);
    await open(seoyeon, "privacy");
    const blocks = section(seoyeon, account.blocks.title);
    await button(seoyeon, account.blocks.unblockNamed("Emily")).waitFor();
    await seoyeon.screenshot("privacy-desktop");
    await button(seoyeon, account.blocks.unblockNamed("Junho")).click();
    await blocks.getByText(account.blocks.unblocked("Junho")).waitFor();
    await soon(() => blocks.getByRole("listitem").count()).toBe(1);
    const { body } = await ask(seoyeon, "GET", "/v1/me/blocks");
    expect(JSON.parse(body).items).toMatchObject([{ userId: emily.id }]);
    for (const { client } of [junho, emily]) client.close();
  });

  it("everything that is kept is downloaded as a file", async () => {
    const { page, account } = seoyeon;
    const coming = page.waitForEvent("download");
    await button(seoyeon, account.export.action).click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(/^studymate-\d+-\d{4}-\d\d-\d\d\.ndjson$/);
    const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries[0]).toMatchObject({ type: "user" });
    const types = new Set(entries.map(({ type }) => type));
    for (const type of ["language", "interest", "matchingPreferences", "device", "block", "activity"]) {
      expect(types).toContain(type);
    }
    expect(lines.join("\n")).toContain("박서연");
    const [said] = account.export.done("…").split("…");
    await section(seoyeon, account.export.title)
      .getByRole("status")
      .getByText(said ?? "")
      .waitFor();
  });

  it("a broken download is none", async () => {
    const { page, account } = seoyeon;
    await page.route("**/v1/me/export", (route) => route.abort());
    await button(seoyeon, account.export.action).click();
    await page.getByText(seoyeon.say.refused.network).waitFor();
    await page.unroute("**/v1/me/export");
  });

  it("the account is closed once the phrase is typed, and the person is signed out", async () => {
    const { page, account } = seoyeon;
    const { deletion } = account;
    await button(seoyeon, deletion.action).click();
    const dialog = page.getByRole("dialog", { name: deletion.question });
    await dialog.getByText(deletion.stays).waitFor();
    await seoyeon.screenshot("deletion-desktop");
    const confirm = dialog.getByRole("button", { name: deletion.confirm });
    await dialog.getByLabel(deletion.typePhrase(deletion.phrase)).fill("delete");
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel(deletion.typePhrase(deletion.phrase)).fill("Delete my account");
    await confirm.click();
    await page.getByText(account.farewell.deleted).waitFor();
    expect(page.url()).toBe(`${server.baseUrl}/`);
    expect(await page.evaluate(() => localStorage.getItem("studymate.tokens"))).toBe(null);
    await signInWithNaver(seoyeon, server.naver, { id: "naver-Seoyeon" });
    await button(seoyeon, account.signUp.create).or(page.getByText(account.signInProblem.banned)).waitFor();
    expect(seoyeon.errors).toEqual([]);
  });
});
