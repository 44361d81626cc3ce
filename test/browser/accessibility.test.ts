import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findings } from "./axe.ts";
import { type MadeRoom, makeRoom } from "./rooms.ts";
import { LOOKS, openBrowser, Person, soon } from "./support.ts";

let browser: Browser;
let made: MadeRoom;
let long: MadeRoom;

beforeAll(async () => {
  browser = await openBrowser();
  made = await makeRoom({ people: ["minji", "emily", "junho"], messages: 12, name: "접근성 · accessibility" });
  const [minji, emily, junho] = made.clients.map((client) => client.room(made.roomId));
  await minji?.correct(1, "message one", "Numbers below ten are words.");
  await junho?.correct(1, "Message no. 1");
  await minji?.react(1, "👏");
  await emily?.send("https://example.com 참고하세요", { replyToId: 3 });
  long = await makeRoom({ people: ["minji", "emily"], messages: 400 });
});
afterAll(async () => {
  for (const client of [...(made?.clients ?? []), ...(long?.clients ?? [])]) client.close();
  await browser?.close();
});

describe.each(LOOKS)("axe finds nothing: $name", (look) => {
  let minji: Person;

  beforeAll(async () => {
    minji = await Person.open(browser, "minji", look);
  });
  afterAll(() => minji?.context.close());

  const press = (name: string) => minji.page.getByRole("button", { name, exact: true }).first().click();

  it("in the choice of a person, and in the list of rooms", async () => {
    await minji.page.getByRole("link", { name: /접근성/ }).waitFor();
    expect(await findings(minji)).toEqual([]);
    const nobody = await minji.openTab("", look.locale);
    await nobody.page.goto(new URL("/", nobody.page.url()).href);
    await nobody.page.getByRole("heading", { name: minji.say.chooseWho }).waitFor();
    expect(await findings(nobody)).toEqual([]);
    await nobody.page.close();
  });

  it("in a conversation, with a draft, a correction form and the actions of a message", async () => {
    await minji.enter(made.roomId);
    await minji.row("message 12").waitFor();
    expect(await minji.log.locator('[data-id="1"]').getByRole("figure").count()).toBe(2);
    await minji.composer.fill("초안 draft");
    expect(await findings(minji)).toEqual([]);
    await minji.act("message 1", minji.say.correct).catch(() => minji.act("https://example.com", minji.say.correct));
    expect(await findings(minji)).toEqual([]);
    await minji.page.keyboard.press("Escape");
    await minji.act("https://example.com", minji.say.more);
    expect(await findings(minji)).toEqual([]);
    await minji.page.keyboard.press("Escape");
  });

  it("in the choices of emoji", async () => {
    await minji.act("https://example.com", minji.say.react);
    expect(await findings(minji)).toEqual([]);
    await minji.page.keyboard.press("Escape");
  });

  it("in the panel of people, and in its question", async () => {
    await press(minji.say.showPeople);
    await minji.page.getByRole("dialog", { name: minji.say.people }).waitFor();
    expect(await findings(minji)).toEqual([]);
    await press(minji.say.leave);
    await minji.page.getByRole("alertdialog").waitFor();
    expect(await findings(minji)).toEqual([]);
    await minji.page.keyboard.press("Escape");
    await minji.page.keyboard.press("Escape");
    await minji.page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("in the search: empty, with what was found, with its choices, and with nothing found", async () => {
    await press(minji.say.searchHere);
    await minji.page.getByText(minji.say.searchHelp.title).waitFor();
    expect(await findings(minji)).toEqual([]);
    const box = minji.page.getByRole("searchbox", { name: minji.say.search });
    await box.fill("message");
    await minji.page.locator(".found a.hit mark").first().waitFor();
    expect(await findings(minji)).toEqual([]);
    await minji.page.getByText(minji.say.filters.person, { exact: true }).click();
    await minji.page.getByRole("menu").waitFor();
    expect(await findings(minji)).toEqual([]);
    await minji.page.keyboard.press("Escape");
    await press(minji.say.filters.dates);
    await minji.page.getByLabel(minji.say.filters.toDay).fill("2020-01-01");
    await minji.page.getByText(minji.say.found.nothingFiltered).waitFor();
    expect(await findings(minji)).toEqual([]);
    await minji.page.keyboard.press("Escape");
    await press(minji.say.closeSearch);
    await minji.waitFor("live");
  });

  it("in a passage of long ago", async () => {
    await minji.enter(long.roomId);
    await minji.page.goto(minji.page.url().replace(/#.*$/, `#${long.roomId}/20`));
    await minji.row("message 20").first().waitFor();
    await minji.page.getByRole("button", { name: minji.say.passage.back }).waitFor();
    expect(await findings(minji)).toEqual([]);
    await minji.enter(made.roomId);
  });

  it("in the form of a new conversation, in the settings, and without a network", async () => {
    if (look.width !== undefined) await press(minji.say.back);
    await press(minji.say.settings);
    await minji.page.getByRole("menu").waitFor();
    expect(await findings(minji)).toEqual([]);
    await minji.page.keyboard.press("Escape");
    await press(minji.say.newRoom);
    await minji.page.getByRole("dialog", { name: minji.say.newRoom }).waitFor();
    expect(await findings(minji)).toEqual([]);
    await minji.page.keyboard.press("Escape");
    await minji.enter(made.roomId);
    await minji.setOffline(true);
    await minji.waitFor("offline");
    for (const words of ["may have left", "waits"]) await minji.write(words);
    await soon(() => minji.log.locator(".outgoing").count()).toBe(2);
    await soon(() => minji.page.locator(".banner").evaluate((banner) => getComputedStyle(banner).opacity)).toBe("1");
    expect(await findings(minji)).toEqual([]);
    await minji.row("waits").getByRole("button", { name: minji.say.discard }).click();
    await soon(() => minji.log.locator(".outgoing").count()).toBe(1);
    await minji.setOffline(false);
    expect(minji.errors).toEqual([]);
  });
});
