/** Calls in real browsers, through the real server: who sees and hears whom, and what happens when somebody goes and comes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CallBrowser,
  Caller,
  expectNoErrors,
  expectPackets,
  newMembers,
  openCallBrowser,
  planCall,
} from "./calls.ts";
import { soon } from "./support.ts";

let chromium: CallBrowser;

beforeAll(async () => {
  chromium = await openCallBrowser();
});
afterAll(() => chromium?.close());

/** What is to be seen of a connection that was made anew. */
const RECONNECT_MS = 30_000;

describe("Two people", () => {
  let callers: [Caller, Caller];
  let sessionId: number;

  beforeAll(async () => {
    const members = await newMembers(["Minji", "Emily"]);
    sessionId = await planCall({ members });
    const [minji, emily] = members;
    if (minji === undefined || emily === undefined) throw new Error("Two were asked for.");
    callers = [
      await Caller.open(chromium.browser, minji, sessionId, { locale: "ko-KR" }),
      await Caller.open(chromium.browser, emily, sessionId, { locale: "en-US" }),
    ];
  });
  afterAll(async () => {
    for (const caller of callers ?? []) await caller.close();
  });

  it("see and hear each other, without one offer too many", async () => {
    const [minji, emily] = callers;
    await soon(() => emily.page.locator(".lobby meter").getAttribute("value").then(Number)).toBeGreaterThan(0.2);
    await minji.join();
    await emily.page.getByText(emily.say.lobby.there("Minji"), { exact: true }).waitFor();
    await emily.join();
    for (const caller of callers) await caller.sees(1);
    await expectPackets(callers);
    expect(await minji.negotiations()).toEqual({ offers: 1, made: 1, live: 1 });
    expect(await emily.negotiations()).toEqual({ offers: 0, made: 1, live: 1 });
    await minji.page.locator('.tile[data-own="false"][data-speaking="true"]').waitFor();
    await soon(() => minji.page.locator(".talk-time").allTextContents()).not.toContain("0:00");
  });

  it("see each other again after one reloads the page", async () => {
    const [minji, emily] = callers;
    await emily.page.reload();
    await emily.join();
    for (const caller of callers) await caller.sees(1);
    await expectPackets(callers);
    expect((await minji.negotiations()).live).toBe(1);
  });

  it("agree where both offer at once", async () => {
    const [minji, emily] = callers;
    await emily.goToLobby(sessionId);
    // By the time that Minji's offer is heard, Emily has made her own.
    await emily.page.evaluate("window.lagMs = 2000");
    const before = (await minji.negotiations()).offers;
    await emily.join();
    await soon(async () => (await emily.negotiations()).offers).toBeGreaterThan(0);
    expect((await minji.negotiations()).offers).toBeGreaterThan(before);
    await emily.page.evaluate("window.lagMs = 0");
    for (const caller of callers) await caller.sees(1);
    await expectPackets(callers);
  });

  it("go on hearing each other while one has lost the server, and have fresh connections when it is back", async () => {
    const [minji, emily] = callers;
    const { made } = await minji.negotiations();
    await emily.person.setOffline(true);
    await emily.page.getByText(emily.say.reconnecting).waitFor();
    await minji.page.getByText(minji.say.tile.away).waitFor();
    const [before] = await emily.legs();
    await soon(async () => (await emily.legs())[0]?.audio.received ?? 0).toBeGreaterThan(
      (before?.audio.received ?? 0) + 20,
    );
    await emily.person.setOffline(false);
    await emily.page.getByText(emily.say.reconnecting).waitFor({ state: "detached", timeout: RECONNECT_MS });
    await soon(async () => (await minji.negotiations()).made).toBe(made + 1);
    await expectPackets(callers);
  });

  it("show a screen beside the camera, and take it back", async () => {
    const [minji, emily] = callers;
    await emily.button(emily.say.shareScreen).click();
    await minji.sees(2);
    await minji.page.locator(".tile[data-screen=true] video").waitFor();
    await minji.person.screenshot("call-screen");
    await emily.button(emily.say.stopSharing).click();
    await minji.sees(1);
    expect((await minji.negotiations()).live).toBe(1);
  });

  it("hear who is muted and who turned the camera off", async () => {
    const [minji, emily] = callers;
    await emily.button(emily.say.cameraOff).click();
    await emily.button(emily.say.microphoneOff).click();
    await minji.sees(0);
    await minji.page.getByRole("img", { name: minji.say.tile.muted }).waitFor();
    await emily.button(emily.say.cameraOn).click();
    await emily.button(emily.say.microphoneOn).click();
    await minji.sees(1);
    expectNoErrors(callers);
  });

  it("see each other a moment after they join", async () => {
    const [, emily] = callers;
    const times: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      await emily.button(emily.say.leave).click();
      await emily.goToLobby(sessionId);
      times.push(await emily.joinAndSee());
    }
    times.sort((one, other) => one - other);
    const [least, p50, most] = [times[0], times[Math.floor(times.length / 2)], times.at(-1)].map((ms = 0) =>
      Math.round(ms),
    );
    console.log(`From join to media: p50 ${p50} ms, ${least} to ${most} ms, ${times.length} calls`);
    expect(p50).toBeLessThan(5_000);
  });
});

describe("Four people", () => {
  it("see and hear one another on six legs, small pictures each", async () => {
    const members = await newMembers(["Junho", "Sofia", "Daniel", "Seoyeon"]);
    const sessionId = await planCall({ members, title: "언어 카페 · Language café" });
    const callers: Caller[] = [];
    for (const member of members) callers.push(await Caller.open(chromium.browser, member, sessionId));
    // All at once: nobody was there before anybody.
    await Promise.all(callers.map((caller) => caller.join()));
    for (const caller of callers) await caller.sees(3);
    await expectPackets(callers);
    const [junho, sofia, daniel] = callers;
    if (junho === undefined || sofia === undefined || daniel === undefined) throw new Error("Four were opened.");
    const widths = () =>
      junho.page.evaluate(() => [...document.querySelectorAll("video")].map(({ videoWidth }) => videoWidth));
    await soon(async () => Math.max(...(await widths()))).toBeLessThanOrEqual(320);
    await junho.person.screenshot("call-four");

    // The host asks for silence, and for somebody to go.
    await junho.button(junho.say.tile.more("Sofia")).click();
    await junho.page.getByRole("menuitem", { name: junho.say.tile.mute }).click();
    await sofia.page.getByText(sofia.say.mutedByHost).waitFor();
    await junho.button(junho.say.tile.more("Daniel")).click();
    await junho.page.getByRole("menuitem", { name: junho.say.tile.remove }).click();
    await junho.page.getByRole("alertdialog").getByRole("button", { name: junho.say.tile.remove }).click();
    await daniel.page.getByText(daniel.say.removed).waitFor();
    await junho.sees(2);
    for (const caller of callers) {
      expectNoErrors([caller]);
      await caller.close();
    }
  });
});
