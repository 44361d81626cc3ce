import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp, freePort, newStateFolder, type ServerProcess, startServer } from "../e2e/support/server.ts";
import { type MadeRoom, makeRoom } from "./rooms.ts";
import { openBrowser, Person, PHONE, soon } from "./support.ts";

/** On a server of its own, which is killed on the way. */
describe("Without a network", () => {
  let browser: Browser;
  let server: ServerProcess;
  let made: MadeRoom;
  let minji: Person;
  let emily: Person;

  const start = { stateFolder: newStateFolder(), port: 0 };

  beforeAll(async () => {
    start.port = await freePort();
    server = await startServer(start);
    const { baseUrl } = server;
    made = await makeRoom({ people: ["minji", "emily"], messages: 3, name: "끊겨도 괜찮아", baseUrl });
    for (const client of made.clients) client.close();
    browser = await openBrowser();
    const place = `#${made.roomId}`;
    minji = await Person.open(browser, "minji", { locale: "ko-KR", baseUrl }, place);
    emily = await Person.open(browser, "emily", { locale: "en-US", colorScheme: "dark", ...PHONE, baseUrl }, place);
    await Promise.all([minji.waitFor("live"), emily.waitFor("live")]);
  });
  afterAll(async () => {
    await browser?.close();
    await cleanUp();
  });

  const waiting = (person: Person) => person.log.locator(".outgoing");

  it("there is the page, and the room, on the device", async () => {
    for (const person of [minji, emily]) {
      await person.page.evaluate(async () => void (await navigator.serviceWorker.ready));
      await soon(() => person.keepsRooms()).toBe(true);
    }
  });

  it("what is written waits, and survives a reload before the network is back", async () => {
    await emily.setOffline(true);
    await emily.waitFor("offline");
    for (const words of ["offline one", "offline two", "오프라인 셋"]) await emily.write(words);
    await soon(() => waiting(emily).count()).toBe(3);
    await emily.page.getByText(emily.say.lost).waitFor();
    await emily.page.reload();
    await emily.row("message 3").waitFor();
    await emily.row("오프라인 셋").waitFor();
    await soon(() => waiting(emily).count()).toBe(3);
    await emily.page.getByRole("heading", { name: "끊겨도 괜찮아" }).waitFor();
    await emily.screenshot("offline-phone-dark");

    await minji.write("에밀리, 거기 있어요?");
    await minji.row("에밀리, 거기 있어요?").waitFor();
    await emily.setOffline(false);
    const all = ["에밀리, 거기 있어요?", "offline one", "offline two", "오프라인 셋"];
    await soon(async () => (await minji.bubbles()).slice(3)).toEqual(all);
    await soon(async () => (await emily.bubbles()).slice(3)).toEqual(all);
    expect(await waiting(emily).count()).toBe(0);
  });

  it("what a tab that was closed had not sent goes out from the other one", async () => {
    const second = await emily.openTab(`#${made.roomId}`, "en-US");
    await second.waitFor("live");
    await emily.setOffline(true);
    await second.waitFor("offline");
    await second.write("from a tab that is gone");
    await soon(() => waiting(second).count()).toBe(1);
    await second.page.close();
    await emily.setOffline(false);
    await minji.row("from a tab that is gone").waitFor();
    await emily.row("from a tab that is gone").waitFor();
    await soon(() => waiting(emily).count()).toBe(0);
    expect(await minji.row("from a tab that is gone").count()).toBe(1);
  });

  it("nothing is lost when the server is killed while both write", async () => {
    const words = Array.from({ length: 6 }, (_, at) => `around the crash ${at + 1}`);
    for (const [at, line] of words.entries()) {
      await (at % 2 === 0 ? minji : emily).write(line);
      if (at === 2) await server.killAll();
    }
    await minji.waitFor("offline");

    // The page itself comes from the device: there is nobody who could serve it.
    await minji.page.reload();
    await minji.row("message 3").waitFor();
    await minji.row("around the crash 5").waitFor();
    await minji.page.getByRole("link", { name: "끊겨도 괜찮아" }).waitFor();
    await minji.screenshot("offline-desktop");

    server = await startServer(start);
    for (const person of [minji, emily]) {
      const retry = person.page.getByRole("button", { name: person.say.tryNow });
      await retry.or(person.page.locator("[data-state=live]")).first().waitFor({ state: "attached" });
      if (await retry.isVisible()) await retry.click();
      await person.waitFor("live");
    }
    const written = async (person: Person) =>
      (await person.bubbles()).filter((line) => line.startsWith("around")).sort();
    await soon(() => written(minji)).toEqual(words);
    await soon(() => written(emily)).toEqual(words);
    expect(await minji.bubbles()).toEqual(await emily.bubbles());
    // Each one's own lines in the order in which they were written.
    const order = (await minji.bubbles()).filter((line) => line.startsWith("around"));
    for (const parity of [0, 1]) {
      const own = words.filter((_, at) => at % 2 === parity);
      expect(order.filter((line) => own.includes(line))).toEqual(own);
    }
  });

  it("somebody who was removed is told so, and does not knock for ever", async () => {
    await minji.page.getByRole("button", { name: minji.say.showPeople }).click();
    await minji.page.getByRole("button", { name: minji.say.personActions("Emily Carter") }).click();
    await minji.page.getByRole("menuitem", { name: minji.say.remove }).click();
    await minji.page.getByRole("alertdialog").getByRole("button", { name: minji.say.remove }).click();
    await emily.waitFor("denied");
    await emily.page.getByText(emily.say.denied.removed).waitFor();
    expect(await emily.composer.isDisabled()).toBe(true);
    expect(minji.errors.concat(emily.errors)).toEqual([]);
  });

  it("API answers are never kept by the service worker", async () => {
    const kept = await minji.page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
      return caches_.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept).toContain("/");
    expect(kept.filter((path) => path.startsWith("/v1"))).toEqual([]);
  });
});
