/** Blocking and reporting, as people do it: from a message, and from who takes part. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../schema/api/safety.ts";
import type { StudyMateClient } from "../../src/client/index.ts";
import { en as safetyEn } from "../../src/web/locale/safety/en.ts";
import { ko as safetyKo } from "../../src/web/locale/safety/ko.ts";
import { changeD1 } from "../e2e/support/old-messages.ts";
import { findings } from "./axe.ts";
import { type MadeRoom, makeRoom } from "./rooms.ts";
import { openBrowser, Person, PHONE, soon } from "./support.ts";

let browser: Browser;
const rooms: MadeRoom[] = [];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  // The demo's people meet in other tests too.
  for (const { clients } of rooms) {
    for (const client of clients) {
      const { items } = await client.blocks();
      await Promise.all(items.map(({ userId }) => client.unblock(userId)));
      client.close();
    }
  }
  await browser?.close();
});

async function made(plan: Parameters<typeof makeRoom>[0]): Promise<MadeRoom> {
  const room = await makeRoom(plan);
  rooms.push(room);
  return room;
}

/** What operators see: where the tests have a server of their own, Daniel is made one. */
async function queue(client: StudyMateClient | undefined): Promise<readonly Report[]> {
  const stateFolder = process.env.STUDYMATE_STATE_OF_TESTS;
  if (client === undefined || stateFolder === undefined) throw new Error("There is no operator.");
  changeD1(stateFolder, "UPDATE users SET role = 'ADMIN' WHERE email = ?", "daniel@demo.studymate.example");
  const { items } = await client.request<{ items: Report[] }>({ path: "/v1/admin/reports", query: { limit: 100 } });
  return items.slice(-1);
}

describe("In a group", () => {
  it("one blocks from a message, sees no more of that person, and undoes it among the people", async () => {
    const { roomId, clients } = await made({ people: ["seoyeon", "daniel", "sofia"], messages: 6, name: "차단" });
    const seoyeon = await Person.open(browser, "seoyeon", { locale: "ko-KR" });
    await seoyeon.enter(roomId);
    const said = () => seoyeon.bubbles();
    await soon(said).toEqual([1, 2, 3, 4, 5, 6].map((number) => `message ${number}`));

    await seoyeon.choose("message 4", seoyeon.say.block);
    const question = seoyeon.page.getByRole("alertdialog", { name: safetyKo.confirmBlock("Daniel Brooks") });
    await question.getByText(safetyKo.blockHint).waitFor();
    await seoyeon.screenshot("block-question");
    expect(await findings(seoyeon)).toEqual([]);
    await question.getByRole("button", { name: seoyeon.say.block.replace("…", "") }).click();
    await soon(said).toEqual(["message 2", "message 3", "message 5", "message 6"]);

    await clients[1]?.room(roomId).send("still here");
    await clients[2]?.room(roomId).send("only me", { replyToId: 4 });
    await soon(said).toEqual(["message 2", "message 3", "message 5", "message 6", "only me"]);
    await seoyeon.row("only me").getByText(seoyeon.say.earlierMessage).waitFor();
    await soon(() => seoyeon.page.locator("[data-announcer]").textContent()).not.toContain("still here");

    await seoyeon.page.getByRole("button", { name: seoyeon.say.showPeople }).click();
    const people = seoyeon.page.getByRole("dialog", { name: seoyeon.say.people });
    const daniel = people.getByRole("listitem").filter({ hasText: "Daniel Brooks" });
    await daniel.getByText(seoyeon.say.blocked).waitFor();
    await daniel.getByRole("button", { name: seoyeon.say.personActions("Daniel Brooks") }).click();
    await seoyeon.screenshot("block-people");
    await seoyeon.page.getByRole("menuitem", { name: seoyeon.say.unblock }).click();
    await daniel.getByText(seoyeon.say.blocked).waitFor({ state: "detached" });
    await seoyeon.page.keyboard.press("Escape");
    await soon(said).toContain("still here");
    expect(seoyeon.errors).toEqual([]);
    await seoyeon.context.close();
  });
});

describe("In a room of two", () => {
  it("who blocked sees that nothing can be written, and the way back; who was blocked only that nothing goes", async () => {
    const { roomId, clients } = await made({ people: ["junho", "sofia"], messages: 2, roomType: "DIRECT" });
    const junho = await Person.open(browser, "junho", { locale: "ko-KR", ...PHONE });
    const sofia = await Person.open(browser, "sofia", { locale: "en-US" });
    await Promise.all([junho.enter(roomId), sofia.enter(roomId)]);
    await junho.page.getByRole("button", { name: junho.say.showPeople }).click();
    await junho.page.getByRole("button", { name: junho.say.personActions("Sofia Alvarez") }).click();
    await junho.page.getByRole("menuitem", { name: junho.say.block }).click();
    const question = junho.page.getByRole("alertdialog");
    await question.getByRole("button", { name: junho.say.block.replace("…", "") }).click();
    await junho.page.keyboard.press("Escape");
    await junho.page.getByText(junho.say.closedByBlock("Sofia Alvarez")).waitFor();
    expect(await junho.composer.count()).toBe(0);
    await junho.screenshot("block-direct-phone");
    expect(await findings(junho)).toEqual([]);

    await sofia.write("Are you there?");
    await sofia.log.locator(".outgoing.failed").getByText(sofia.say.takesNothing).waitFor();
    await sofia.screenshot("block-refused");
    await junho.page.getByRole("button", { name: junho.say.unblock }).click();
    await junho.composer.waitFor();
    await sofia.page.getByRole("button", { name: sofia.say.retry }).click();
    await junho.row("Are you there?").waitFor();
    expect([...junho.errors, ...sofia.errors]).toEqual([]);
    await clients[0]?.roomList.reload();
    await Promise.all([junho.context.close(), sofia.context.close()]);
  });
});

describe("A report", () => {
  it("goes to the operators with the reason, the words and the messages that were chosen", async () => {
    const { roomId, clients } = await made({ people: ["emily", "daniel"], messages: 4, name: "Reports" });
    const emily = await Person.open(browser, "emily", { locale: "en-US", ...PHONE });
    await emily.enter(roomId);
    await emily.row("message 3").focus();
    await emily.choose("message 3", emily.say.report);
    const sheet = emily.page.getByRole("dialog", { name: safetyEn.report("Daniel Brooks") });
    expect(await sheet.getByRole("checkbox", { name: /message 3/ }).isChecked()).toBe(true);
    expect(await sheet.getByRole("checkbox", { name: /message 1/ }).isChecked()).toBe(false);
    expect(await sheet.getByRole("button", { name: safetyEn.send }).isDisabled()).toBe(true);
    await sheet.getByRole("radio", { name: safetyEn.reasons.HARASSMENT }).focus();
    await emily.page.keyboard.press("Space");
    await sheet.getByLabel(safetyEn.details).fill("He goes on and on.");
    await sheet.getByRole("checkbox", { name: /message 1/ }).check();
    await emily.screenshot("report-phone");
    expect(await findings(emily)).toEqual([]);
    await sheet.getByRole("button", { name: safetyEn.send }).click();
    await sheet.getByRole("status").getByText(safetyEn.sent).waitFor();
    expect(await findings(emily)).toEqual([]);
    await emily.screenshot("report-sent-phone");
    await sheet.getByRole("button", { name: safetyEn.done }).click();
    expect(emily.errors).toEqual([]);
    await emily.context.close();
    const [report] = await queue(clients[1]);
    expect(report).toMatchObject({ reason: "HARASSMENT", details: "He goes on and on." });
    expect(report?.evidence?.messages.map(({ content }) => content)).toEqual(["message 1", "message 3"]);
  });
});
