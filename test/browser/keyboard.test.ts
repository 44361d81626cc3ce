import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, Person, soon } from "./support.ts";

describe("With the keyboard alone", () => {
  let browser: Browser;
  let sofia: Person;
  let daniel: Person;
  const roomName = `Keys ${Date.now()}`;

  beforeAll(async () => {
    browser = await openBrowser();
    sofia = await Person.open(browser, "sofia", { locale: "en-US" });
    daniel = await Person.open(browser, "daniel", { locale: "en-US" });
  });
  afterAll(() => browser?.close());

  const press = async (...keys: string[]) => {
    for (const key of keys) await sofia.page.keyboard.press(key);
  };
  /** Tab until something has the focus; what lies in between is reachable too. */
  const tabTo = async (name: string, key: "Tab" | "Shift+Tab" = "Tab") => {
    for (let presses = 0; presses < 40; presses += 1) {
      if ((await sofia.focused()).includes(name)) return;
      await press(key);
    }
    throw new Error(`Tab does not reach "${name}", the focus is at ${await sofia.focused()}.`);
  };
  const focusIsIn = (selector: string) =>
    sofia.page.evaluate((where) => document.activeElement?.closest(where) !== null, selector);

  it("a group is made; the dialog holds the focus, and gives it back when it is left", async () => {
    await sofia.page.getByRole("link").first().waitFor();
    await tabTo(sofia.say.newRoom);
    await press("Enter");
    await sofia.page.getByRole("dialog", { name: sofia.say.newRoom }).waitFor();
    for (let presses = 0; presses < 15; presses += 1) {
      await press("Tab");
      expect(await focusIsIn("[role=dialog], [data-focus-trap], body:not(:focus-within)")).toBe(true);
    }
    await press("Escape");
    await soon(() => sofia.focused()).toBe(`button: ${sofia.say.newRoom}`);

    await press("Enter");
    const dialog = sofia.page.getByRole("dialog", { name: sofia.say.newRoom });
    await dialog.waitFor();
    await dialog.getByRole("radio", { name: sofia.say.direct }).focus();
    await press("ArrowRight");
    await dialog.getByLabel(sofia.say.groupName).waitFor();
    await press("Tab");
    await sofia.page.keyboard.type(roomName);
    await press("Tab");
    while (!(await dialog.getByLabel("Daniel Brooks").evaluate((box) => box === document.activeElement)))
      await press("Tab");
    await press("Space");
    await tabTo(sofia.say.create);
    await press("Enter");
    await sofia.waitFor("live");
    await daniel.enter(sofia.roomId);
  });

  it("one writes, goes through the messages, reacts and corrects", async () => {
    await daniel.write("I am agree with you");
    await sofia.row("I am agree").waitFor();
    await tabTo(sofia.say.write);
    await sofia.page.keyboard.type("Hello Daniel");
    await press("Enter");
    await daniel.row("Hello Daniel").waitFor();

    await sofia.row("Hello Daniel").focus();
    await press("ArrowUp");
    expect(await sofia.focused()).toContain("I am agree");
    await press("Home", "End");
    expect(await sofia.focused()).toContain("Hello Daniel");
    await press("ArrowUp", "Tab");
    expect(await sofia.focused()).toBe(`button: ${sofia.say.react}`);
    await press("Enter");
    await sofia.page.getByRole("button", { name: "👍", exact: true }).waitFor();
    await tabTo("👍");
    await press("Enter");
    await daniel.row("I am agree").locator(".reactions").getByText("👍").waitFor();
    await soon(() => sofia.focused()).toBe(`button: ${sofia.say.react}`);

    await tabTo(sofia.say.correct);
    await press("Enter");
    await soon(() => focusIsIn(".inline-form")).toBe(true);
    await press("Control+a");
    await sofia.page.keyboard.type("I agree with you");
    await press("Tab");
    await sofia.page.keyboard.type("agree is a verb");
    await press("Enter");
    await daniel.row("I am agree").getByRole("figure").getByText("agree is a verb").waitFor();
    expect(await sofia.focused()).toContain("I am agree");
  });

  it("what has the focus can be seen", async () => {
    await press("Tab");
    const outline = await sofia.page.evaluate(
      () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    );
    expect(outline).toBe("solid");
  });

  it("one leaves the room", async () => {
    await tabTo(sofia.say.showPeople, "Shift+Tab");
    await press("Enter");
    await sofia.page.getByRole("dialog", { name: sofia.say.people }).waitFor();
    await tabTo(sofia.say.leave);
    await press("Enter");
    await sofia.page.getByRole("alertdialog").waitFor();
    await soon(() => sofia.focused()).toBe(`button: ${sofia.say.cancel}`);
    await press("Tab", "Enter");
    await sofia.page.getByRole("heading", { name: sofia.say.pickRoom }).waitFor();
    await soon(() => sofia.page.getByRole("link", { name: roomName }).count()).toBe(0);
    expect(sofia.errors.concat(daniel.errors)).toEqual([]);
  });
});
