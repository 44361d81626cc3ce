import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lineOf, type MadeRoom, makeRoom, readOn } from "./rooms.ts";
import { openBrowser, Person, soon } from "./support.ts";

const MESSAGES = 260;

describe("A long conversation", () => {
  let browser: Browser;
  let made: MadeRoom;
  let emily: Person;

  beforeAll(async () => {
    browser = await openBrowser();
    made = await makeRoom({ people: ["minji", "emily"], messages: MESSAGES });
    await readOn(made.clients[1], made.roomId, MESSAGES - 9);
    emily = await Person.open(browser, "emily", { locale: "en-US" }, `#${made.roomId}`);
    await emily.waitFor("live");
  });
  afterAll(async () => {
    for (const client of made?.clients ?? []) client.close();
    await browser?.close();
  });

  const minji = () => {
    const [client] = made.clients;
    if (client === undefined) throw new Error("Minji made the room.");
    return client.room(made.roomId);
  };
  const loaded = () => emily.log.locator("article[data-id]").count();
  /** Where a message stands in the window. */
  const topOf = (id: number) =>
    emily.log.locator(`[data-id="${id}"]`).evaluate((row) => row.getBoundingClientRect().top);
  /** The message in the middle of the log. */
  const middleId = () =>
    emily.log.evaluate((log) => {
      const { left, width, top, height } = log.getBoundingClientRect();
      for (let y = top + height / 2; y < top + height; y += 4) {
        const row = document.elementFromPoint(left + width / 2, y)?.closest("[data-id]");
        if (row) return Number(row.getAttribute("data-id"));
      }
      throw new Error("There is no message below the middle.");
    });

  it("opens where the reading ended, with a mark at what is new", async () => {
    const mark = emily.log.locator(".unread-mark").filter({ hasText: emily.say.unreadFromHere });
    await mark.waitFor();
    const next = await mark.evaluate((element) => element.nextElementSibling?.textContent);
    expect(next).toContain(`message ${MESSAGES - 8}`);
    await emily.screenshot("unread-mark");
  });

  it("loads further back without moving what is read, while others write, edit and react above it", async () => {
    await emily.page.mouse.move(1, 1);
    await emily.log.evaluate((log) => {
      log.scrollTop = 300;
    });
    await soon(loaded).toBeGreaterThan(60);
    const id = await middleId();
    const before = await topOf(id);
    const count = await loaded();

    await minji().whenLive();
    await minji().react(id - 6, "🎉");
    await minji().edit(Math.floor(id / 2) * 2 - 8, "longer now\nby two\nlines");
    await minji().send("from below");
    await emily.log.getByText("longer now").waitFor({ state: "attached" });
    await emily.row("from below").waitFor({ state: "attached" });
    await emily.log.locator(`[data-id="${id - 6}"] .reactions`).waitFor({ state: "attached" });
    expect(Math.abs((await topOf(id)) - before)).toBeLessThanOrEqual(1);

    // A picture that arrives, whatever its height.
    await emily.log.locator(`[data-id="${id - 3}"] .bubble`).evaluate((bubble) => {
      bubble.style.height = "240px";
    });
    await soon(() => emily.log.locator(`[data-id="${id - 3}"]`).evaluate((row) => row.clientHeight)).toBeGreaterThan(
      239,
    );
    await soon(async () => Math.abs((await topOf(id)) - before)).toBeLessThanOrEqual(1);

    await emily.log.getByRole("button", { name: emily.say.older }).dispatchEvent("click");
    await soon(loaded).toBeGreaterThan(count);
    expect(Math.abs((await topOf(id)) - before)).toBeLessThanOrEqual(1);
  });

  it("has no hole, back to its beginning", async () => {
    await soon(async () => {
      await emily.log.evaluate((log) => {
        log.scrollTop = 0;
      });
      return emily.log.getByText(emily.say.beginning).count();
    }).toBe(1);
    const numbers = await emily.log
      .locator("article[data-id]")
      .evaluateAll((rows) => rows.map((row) => row.dataset.id));
    expect(numbers).toEqual(Array.from({ length: MESSAGES + 1 }, (_, at) => String(at + 1)));
  });

  it("says how many came meanwhile, and goes to them", async () => {
    await minji().send("one more");
    const pill = emily.page.getByRole("button", { name: emily.say.newMessages(2) });
    await pill.click();
    await emily.row("one more").waitFor();
    await pill.waitFor({ state: "detached" });
    const isRead = () =>
      minji()
        .getSnapshot()
        .participants.some(
          ({ name, lastReadMessageId }) => name === "Emily Carter" && lastReadMessageId > MESSAGES + 1,
        );
    await soon(isRead).toBe(true);
  });

  it("jumps from a reply to the message, however far back, and puts the focus there", async () => {
    await minji().send("about the fifth", { replyToId: 5 });
    await emily.page.reload();
    await emily.waitFor("live");
    expect(await emily.log.locator('[data-id="5"]').count()).toBe(0);
    await emily.row("about the fifth").getByRole("link").click();
    const fifth = emily.log.locator('[data-id="5"]');
    await fifth.waitFor();
    await soon(() => fifth.evaluate((row) => row === document.activeElement)).toBe(true);
    expect(await fifth.getAttribute("class")).toContain("highlighted");
    const place = await fifth.boundingBox();
    expect(place?.y).toBeGreaterThan(60);
    expect(place?.y).toBeLessThan(700);
    await emily.screenshot("jump");
  });

  it("opens at the message that a link names", async () => {
    const other = await emily.openTab(`#${made.roomId}/12`, "en-US");
    const twelfth = other.log.locator('[data-id="12"]');
    await twelfth.waitFor();
    await soon(() => twelfth.evaluate((row) => row === document.activeElement)).toBe(true);
    expect(await twelfth.locator(".bubble").textContent()).toBe(lineOf(12));
    await other.page.goto(other.page.url().replace("/12", "/99999"));
    await other.page.getByText(other.say.linkBroken).waitFor();
    expect(emily.errors.concat(other.errors)).toEqual([]);
  });
});
