/** From the first view to a profile that is complete: providers, sign-up, wizard. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goThroughGoogle, type ServerWithProviders, signInWithNaver, startWithProviders } from "./providers.ts";
import { openBrowser, Person, PHONE, soon } from "./support.ts";

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

const button = ({ page }: Person, name: string) => page.getByRole("button", { name, exact: true });
const heading = ({ page }: Person, name: string) => page.getByRole("heading", { name, exact: true });

describe("Somebody new, with an OpenID provider", () => {
  let emily: Person;

  beforeAll(async () => {
    emily = await Person.visit(browser, { locale: "en-US", ...PHONE, baseUrl: server.baseUrl });
  });
  afterAll(() => emily?.context.close());

  it("finds the providers of the server, and the demo", async () => {
    const { account, page } = emily;
    await button(emily, account.signIn.continueWith.google).waitFor();
    await button(emily, account.signIn.continueWith.naver).waitFor();
    await page.getByRole("link", { name: /Minji Kim/ }).waitFor();
    await emily.screenshot("sign-in-phone");
  });

  it("comes back from the provider without a code in the address, and signs up", async () => {
    const { account, page } = emily;
    await button(emily, account.signIn.continueWith.google).click();
    await goThroughGoogle(emily, "emily");
    await heading(emily, account.signUp.title).waitFor();
    expect(page.url()).toBe(`${server.baseUrl}/`);
    expect(await page.evaluate(() => history.length)).toBeGreaterThan(0);
    expect(await page.getByLabel(account.signUp.englishName).inputValue()).toBe("emily");

    // A reload loses nothing of it.
    await page.reload();
    await heading(emily, account.signUp.title).waitFor();

    await button(emily, account.signUp.create).click();
    await page.getByText(emily.profile.problems.needed).waitFor();
    await soon(() => page.evaluate(() => document.activeElement?.getAttribute("type"))).toBe("date");
    const birthDate = page.getByLabel(account.signUp.birthDate);
    await birthDate.fill(`${new Date().getFullYear() - 12}-01-01`);
    await button(emily, account.signUp.create).click();
    await page.getByText(account.signUp.tooYoung).waitFor();
    await emily.screenshot("sign-up-phone");
    await birthDate.fill("1998-05-09");
    await page.getByLabel(account.signUp.englishName).fill("Emily Carter");
    await button(emily, account.signUp.create).click();
    await heading(emily, emily.profile.wizard.steps[1].title).waitFor();
  });

  it("is invited, not forced: the conversations are there", async () => {
    const { page, profile, account } = emily;
    await button(emily, profile.wizard.later).click();
    await page.getByText(emily.say.noRooms).waitFor();
    const invitation = page.getByRole("link", { name: account.invitation.text });
    await emily.screenshot("invitation-phone");
    await invitation.click();
    await heading(emily, profile.wizard.steps[1].title).waitFor();
  });

  it("goes through the steps, reloads in the middle, goes back and changes what was saved", async () => {
    const { page, profile } = emily;
    const { wizard } = profile;
    const next = () => button(emily, wizard.next).click();
    expect(await page.getByLabel(profile.names.english).inputValue()).toBe("Emily Carter");
    await page.getByLabel(profile.names.korean).fill("에밀리");
    await page.getByLabel(profile.names.gender).selectOption("FEMALE");
    await emily.screenshot("wizard-1-phone");
    await next();

    await heading(emily, wizard.steps[2].title).waitFor();
    await soon(() => page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
    const country = page.getByRole("combobox", { name: profile.residence.country });
    expect(await country.inputValue()).toBe("United States");
    await country.fill("kor");
    await emily.screenshot("wizard-2-choice-phone");
    await page.getByRole("option", { name: "South Korea" }).click();
    expect(await country.inputValue()).toBe("South Korea");
    await page.getByLabel(profile.residence.city).fill("Seoul");
    await emily.screenshot("wizard-2-phone");
    await next();

    await heading(emily, wizard.steps[3].title).waitFor();
    await emily.screenshot("wizard-3-phone");
    await page.reload();
    await heading(emily, wizard.steps[3].title).waitFor();
    await page.goto(`${server.baseUrl}/#onboarding`);
    await heading(emily, wizard.steps[3].title).waitFor();
    await button(emily, wizard.skip).click();

    await heading(emily, wizard.steps[4].title).waitFor();
    await page.getByLabel(profile.intro.label).fill("Hi! I love hiking and 김치찌개.");
    await emily.screenshot("wizard-4-phone");
    await next();

    await heading(emily, wizard.steps[5].title).waitFor();
    await next();
    await page.getByText(profile.problems.noLearning).waitFor();
    await soon(() => page.evaluate(() => document.activeElement?.getAttribute("aria-invalid"))).toBe("true");
    await page.getByRole("combobox", { name: profile.languages.add.LEARNING }).fill("korean");
    await page.getByRole("option", { name: "Korean" }).click();
    await page.getByRole("combobox", { name: profile.languages.level("Korean") }).selectOption("A2");
    await emily.screenshot("wizard-5-phone");
    await button(emily, wizard.back).click();
    await heading(emily, wizard.steps[4].title).waitFor();
    await page.getByLabel(profile.intro.label).fill("Hi! I love hiking, and 된장찌개 too.");
    await next();
    await heading(emily, wizard.steps[5].title).waitFor();
    await page.getByText("A2").first().waitFor({ state: "attached" });
    await next();

    await heading(emily, wizard.steps[6].title).waitFor();
    await page.getByRole("checkbox", { name: "hiking" }).check();
    await page.getByLabel(profile.interests.own).fill("Film Cameras");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: profile.remove("film cameras") }).waitFor();
    await page.getByLabel(profile.wishes.ageMin, { exact: true }).fill("30");
    await page.getByLabel(profile.wishes.ageMax, { exact: true }).fill("20");
    await emily.screenshot("wizard-6-phone");
    await button(emily, wizard.finish).click();
    await page.getByText(profile.problems.badAges).waitFor();
    await page.getByLabel(profile.wishes.ageMax, { exact: true }).fill("40");
    await button(emily, wizard.finish).click();

    await page.getByText(emily.say.noRooms).waitFor();
    await soon(() => page.getByRole("link", { name: emily.account.invitation.text }).count()).toBe(0);
    await page.goto(`${server.baseUrl}/#profile`);
    await soon(() => page.getByLabel(profile.intro.label).inputValue()).toBe("Hi! I love hiking, and 된장찌개 too.");
    // There is no way back into the wizard.
    await page.goto(`${server.baseUrl}/#onboarding`);
    await soon(() => page.url()).toBe(`${server.baseUrl}/#profile`);
    expect(emily.errors).toEqual([]);
  });

  it("stays signed in, also without a network", async () => {
    const { page } = emily;
    await page.goto(`${server.baseUrl}/`);
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await emily.setOffline(true);
    await page.reload();
    await button(emily, emily.say.settings).waitFor();
    await page.getByText("Emily Carter").waitFor();
    await emily.setOffline(false);
  });

  it("signs out in all tabs, and nothing of it is left in the browser", async () => {
    const { page, say, account } = emily;
    const other = await emily.openTab("", "en-US");
    await button(other, say.settings).waitFor();
    await page.evaluate(() => localStorage.setItem("studymate.draft.none.1", "somebody else's"));
    await button(emily, say.settings).click();
    await page.getByRole("menuitem", { name: say.signOut }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: say.signOut }).click();
    for (const tab of [emily, other]) {
      await tab.page.getByText(account.farewell.signedOut).waitFor();
      await button(tab, account.signIn.continueWith.google).waitFor();
    }
    await emily.screenshot("signed-out-phone");
    expect(await emily.keepsRooms()).toBe(false);
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual(["studymate.draft.none.1"]);
    await other.page.close();
  });

  it("is known when they come again, and lands where they wanted to go", async () => {
    const { page, account } = emily;
    await page.goto(`${server.baseUrl}/#devices`);
    await button(emily, account.signIn.continueWith.google).click();
    // Signed in at the provider already: it asks nothing.
    await heading(emily, account.devices.title).waitFor();
    expect(page.url()).toBe(`${server.baseUrl}/#devices`);
    expect(emily.errors).toEqual([]);
  });
});

describe("What goes wrong on the way is said", () => {
  it("by a provider that refuses, a code of another tab, and an address that is taken", async () => {
    const visitor = await Person.visit(browser, { locale: "en-US", baseUrl: server.baseUrl }, "#error=forbidden");
    const { page, account } = visitor;
    await page.getByText(account.signInProblem.forbidden).waitFor();
    expect(page.url()).toBe(`${server.baseUrl}/`);
    await page.goto("about:blank");
    await page.goto(`${server.baseUrl}/#code=somebody-elses`);
    await page.getByText(account.signInProblem.otherTab).waitFor();
    expect(page.url()).toBe(`${server.baseUrl}/`);
    await visitor.screenshot("sign-in-problem-desktop");

    await signInWithNaver(visitor, server.naver, { id: "another", email: "emily@example.org", name: "김하늘" });
    await heading(visitor, account.signUp.title).waitFor();
    await page.getByLabel(account.signUp.englishName).fill("Haneul");
    await page.getByLabel(account.signUp.birthDate).fill("2001-01-01");
    await button(visitor, account.signUp.create).click();
    await page.getByText(account.signUp.clash).waitFor();
    await button(visitor, account.signUp.startOver).click();
    await button(visitor, account.signIn.continueWith.google).waitFor();
    expect(visitor.errors).toEqual([]);
    await visitor.context.close();
  });
});

describe("Somebody new, in Korean and with the keyboard alone", () => {
  it("signs up with Naver, which says nothing of them, and completes a profile", async () => {
    server.naver.profile = { id: "nothing-but-an-id" };
    const haneul = await Person.visit(browser, { locale: "ko-KR", baseUrl: server.baseUrl });
    const { page, account, profile } = haneul;
    const { wizard } = profile;
    const { keyboard } = page;
    await button(haneul, account.signIn.continueWith.naver).waitFor();
    await haneul.screenshot("sign-in-desktop");
    const tabTo = async (name: string) => {
      const isThere = () =>
        page.evaluate((wanted) => {
          const element = document.activeElement;
          if (element === document.body) return false;
          const labels =
            element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels : null;
          const names = [element?.getAttribute("aria-label"), labels?.[0]?.textContent, element?.textContent];
          return names.some((one) => one?.includes(wanted));
        }, name);
      for (let presses = 0; presses < 80; presses += 1) {
        if (await isThere()) return;
        await keyboard.press("Tab");
      }
      throw new Error(`Tab does not reach "${name}", the focus is at ${await haneul.focused()}.`);
    };
    const at = (step: 1 | 2 | 3 | 4 | 5 | 6) => heading(haneul, wizard.steps[step].title).waitFor();
    const press = async (name: string) => {
      await tabTo(name);
      await keyboard.press("Enter");
    };
    const choose = async (name: string, typed: string) => {
      await tabTo(name);
      await keyboard.type(typed);
      await page.getByRole("option").first().waitFor();
      await keyboard.press("Enter");
    };

    await press(account.signIn.continueWith.naver);
    await heading(haneul, account.signUp.title).waitFor();
    await tabTo(account.signUp.englishName);
    await keyboard.type("Haneul Kim");
    await tabTo(account.signUp.birthDate);
    await page.getByLabel(account.signUp.birthDate).fill("2001-02-03");
    await tabTo(account.signUp.email);
    await keyboard.type("haneul@example.org");
    await haneul.screenshot("sign-up-desktop");
    await keyboard.press("Enter");

    await at(1);
    await tabTo(profile.names.korean);
    await keyboard.type("김하늘");
    await keyboard.press("Enter");
    await at(2);
    expect(await page.getByRole("combobox", { name: profile.residence.country }).inputValue()).toBe("대한민국");
    await choose(profile.residence.timeZone, "Asia/Seoul");
    await press(wizard.next);
    await at(3);
    await press(wizard.skip);
    await at(4);
    await press(wizard.skip);
    await at(5);
    await page.getByText("한국어").first().waitFor();
    await choose(profile.languages.add.LEARNING, "영어");
    await haneul.screenshot("wizard-5-desktop");
    await press(wizard.next);
    await at(6);
    await tabTo("등산");
    await keyboard.press("Space");
    await haneul.screenshot("wizard-6-desktop");
    await press(wizard.finish);
    await page.getByText(haneul.say.noRooms).waitFor();
    await page.getByText("김하늘").waitFor();
    expect(haneul.errors).toEqual([]);
    await haneul.context.close();
  });
});
