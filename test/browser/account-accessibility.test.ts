/** Every view of one's account, with axe-core in four looks; and what of it fits a narrow phone. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signIn } from "../e2e/support/people.ts";
import { findings } from "./axe.ts";
import { drawnPng } from "./drawn-png.ts";
import { type ServerWithProviders, signInWithNaver, startWithProviders } from "./providers.ts";
import { LOOKS, openBrowser, Person, soon } from "./support.ts";

let browser: Browser;
let server: ServerWithProviders;

beforeAll(async () => {
  server = await startWithProviders();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.each(LOOKS.map((look, number) => ({ ...look, number })))("axe finds nothing: $name", (look) => {
  let visitor: Person;

  beforeAll(async () => {
    visitor = await Person.visit(browser, { ...look, baseUrl: server.baseUrl });
  });
  afterAll(() => visitor?.context.close());

  const named = (name: string) => visitor.page.getByRole("button", { name, exact: true });
  const open = (panel: string) => visitor.page.goto(`${server.baseUrl}/#${panel}`);
  /** And nothing is wider than the window. */
  const check = async (view: string) => {
    await visitor.screenshot(`${view}, ${look.name}`.replace(/\W+/g, "-").toLowerCase());
    expect(await findings(visitor)).toEqual([]);
    expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  };

  it("in the sign-in and the sign-up, with what is wrong", async () => {
    const { page, account, profile } = visitor;
    await named(account.signIn.continueWith.google).waitFor();
    await check("sign-in");
    await signInWithNaver(visitor, server.naver, { id: `axe-${look.number}`, birthyear: "2020", birthday: "01-02" });
    await named(account.signUp.create).click();
    await page.getByText(account.signUp.tooYoung).waitFor();
    await check("sign-up");
    await page.getByLabel(account.signUp.birthDate).fill("1999-01-02");
    await page.getByLabel(account.signUp.englishName).fill("Haneul Kim");
    await page.getByLabel(account.signUp.email).fill(`axe-${look.number}@example.org`);
    await named(account.signUp.create).click();
    await page.getByRole("heading", { name: profile.wizard.steps[1].title }).waitFor();
  });

  it("in each step of the wizard", async () => {
    const { page, profile } = visitor;
    const { wizard } = profile;
    const at = (step: 1 | 2 | 3 | 4 | 5 | 6) => page.getByRole("heading", { name: wizard.steps[step].title }).waitFor();
    const next = () => named(wizard.next).click();
    await check("step-1");
    await next();
    await at(2);
    await page.getByRole("combobox", { name: profile.residence.country }).fill(look.locale === "ko-KR" ? "가" : "a");
    await page.getByRole("option").first().waitFor();
    await check("step-2");
    await page.getByRole("option").first().click();
    await next();
    await at(3);
    await check("step-3");
    await named(wizard.skip).click();
    await at(4);
    await check("step-4");
    await named(wizard.skip).click();
    await at(5);
    await next();
    await page.getByText(profile.problems.noLearning).waitFor();
    await check("step-5-refused");
    const add = page.getByRole("combobox", { name: profile.languages.add.LEARNING });
    for (const typed of ["fr", "de"]) {
      await add.fill(typed);
      await page.keyboard.press("Enter");
    }
    await check("step-5");
    await next();
    await at(6);
    await page.getByLabel(profile.interests.own).fill("필름 카메라");
    await named(profile.interests.add).click();
    await page.getByRole("checkbox").first().check();
    await check("step-6");
    await named(wizard.later).click();
  });

  it("in the list with the invitation, and in the settings", async () => {
    const { page, say, account } = visitor;
    await page.getByRole("link", { name: account.invitation.text }).waitFor();
    await check("invitation");
    await named(say.settings).click();
    await page.getByRole("menuitem", { name: say.signOut }).waitFor();
    await check("settings");
    await page.getByRole("menuitem", { name: say.signOut }).click();
    await page.getByRole("alertdialog").waitFor();
    await check("sign-out");
    await page.keyboard.press("Escape");
  });

  it("in the profile, its preview, and the frame of a picture", async () => {
    const { page, profile } = visitor;
    await open("profile");
    await page.getByRole("region", { name: profile.sections.wishes }).waitFor();
    await check("profile");
    await named(profile.preview.action).click();
    await page.getByRole("article").waitFor();
    await check("preview");
    await page.keyboard.press("Escape");
    const file = { name: "sea.png", mimeType: "image/png", buffer: drawnPng(600, 900) };
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("img", { name: profile.picture.area }).waitFor();
    await soon(() => named(profile.picture.use).isEnabled()).toBe(true);
    await check("crop");
    await named(profile.picture.use).click();
    await page.getByText(profile.picture.changed).waitFor();
    await page.locator(".picture .avatar img").waitFor();
    await check("profile-with-picture");
  });

  it("in the devices, in privacy, and in the end of the account", async () => {
    const { page, account } = visitor;
    await open("devices");
    await page.getByText(account.devices.current).waitFor();
    await check("devices");
    const other = await signIn(server.baseUrl, `Blocked ${look.number}`, `blocked-${look.number}@example.org`);
    await page.evaluate(async (id) => {
      const { accessToken } = JSON.parse(localStorage.getItem("studymate.tokens") ?? "{}");
      await fetch(`/v1/me/blocks/${id}`, { method: "PUT", headers: { authorization: `Bearer ${accessToken}` } });
    }, other.id);
    other.client.close();
    await open("privacy");
    await named(account.blocks.unblockNamed(`Blocked ${look.number}`)).waitFor();
    await check("privacy");
    await named(account.deletion.action).click();
    await page.getByRole("dialog", { name: account.deletion.question }).waitFor();
    await check("deletion");
    expect(visitor.errors).toEqual([]);
  });
});
