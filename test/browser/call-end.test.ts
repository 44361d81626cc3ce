/** What happens in a call besides the call: whose turn it is, what is recorded and by whose leave, what is written, how it ends. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionAnswer, SessionRecording } from "../../schema/api/sessions.ts";
import { en } from "../../src/web/locale/call/en.ts";
import { en as sessionEn } from "../../src/web/locale/sessions/en.ts";
import { findings } from "./axe.ts";
import {
  type CallBrowser,
  Caller,
  expectNoErrors,
  type Member,
  newMembers,
  openCallBrowser,
  planCall,
  signedIn,
} from "./calls.ts";
import { LOOKS, soon } from "./support.ts";

let chromium: CallBrowser;
/** Of a minute: its half comes while the others are tested. */
let short: Caller[] = [];
let shortId = 0;

beforeAll(async () => {
  chromium = await openCallBrowser();
  const members = await newMembers(["Hana", "Jack"]);
  shortId = await planCall({ members, sessionType: "AUDIO_1V1", minutes: 1, startsInMs: 3_000 });
  short = await Promise.all(members.map((member) => Caller.open(chromium.browser, member, shortId)));
  for (const caller of short) await caller.join();
  for (const { page, say } of short) await page.getByText(say.language.speak("Korean")).first().waitFor();
});
afterAll(() => chromium?.close());

describe("A recording", () => {
  let callers: Caller[] = [];
  let sessionId: number;

  beforeAll(async () => {
    const members = await newMembers(["Minji", "Emily"]);
    sessionId = await planCall({ members });
    callers = await Promise.all(members.map((member) => Caller.open(chromium.browser, member, sessionId)));
    for (const caller of callers) await caller.join();
  });
  afterAll(async () => {
    for (const caller of callers) await caller.close();
  });

  it("begins when everybody has agreed, is shown to everybody, and stops at once when somebody does not agree any more", async () => {
    const [minji, emily] = callers as [Caller, Caller]; // see above
    const running = (caller: Caller) => caller.page.locator(".recording-line").getByText(caller.say.recording.running);
    for (const caller of callers) await caller.sees(1);
    await minji.button(minji.say.recording.start).click();
    await minji.page.getByText(minji.say.recording.waiting("Emily")).waitFor();
    await emily.page.getByRole("alertdialog").getByText(emily.say.recording.asks("Minji")).waitFor();
    expect(await running(minji).count()).toBe(0);
    await emily.person.screenshot("call-consent");
    await emily.button(emily.say.recording.agree).click();
    for (const caller of callers) await running(caller).waitFor();
    const recordedFrom = Date.now();
    await minji.person.screenshot("call-recording");
    await soon(() => Date.now() - recordedFrom).toBeGreaterThan(3_000);
    await emily.button(emily.say.recording.withdraw).click();
    for (const caller of callers) await running(caller).waitFor({ state: "detached" });
    await minji.page.getByText(minji.say.recording.saved).waitFor();
    // Who has said no is not asked again, unless somebody asks again.
    await minji.page.getByText(minji.say.recording.waiting("Emily")).waitFor();
    expect(await emily.page.getByRole("alertdialog").count()).toBe(0);
    await minji.button(minji.say.recording.stop).click();
    await minji.button(minji.say.recording.start).click();
    await emily.page.getByRole("alertdialog").waitFor();
    await emily.button(emily.say.recording.decline).click();
    await emily.page.getByRole("alertdialog").waitFor({ state: "detached" });
    expect(await running(minji).count()).toBe(0);
    await minji.button(minji.say.recording.stop).click();
  });

  it("lands as a file that plays", async () => {
    const [minji, emily] = callers as [Caller, Caller]; // see above
    const { items } = await emily.member.client.request<{ items: readonly SessionRecording[] }>({
      path: `/v1/sessions/${sessionId}/recordings`,
    });
    expect(items).toMatchObject([{ format: "WEBM", isAvailable: true, recordedByUserId: minji.member.userId }]);
    const [recording] = items;
    const response = await emily.member.client.respond({ path: recording?.fileUrl ?? "" });
    const file = Buffer.from(await response.arrayBuffer());
    expect(file.length).toBe(recording?.fileSize);
    // EBML: every WebM begins so.
    expect(file.subarray(0, 4).toString("hex")).toBe("1a45dfa3");
    const played = await emily.page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
      const video = document.createElement("video");
      video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
      video.muted = true;
      await new Promise((resolve, reject) => {
        video.onloadedmetadata = resolve;
        video.onerror = reject;
      });
      // Recorded as it went, it does not say how long it is: the end is where it stops.
      await new Promise((resolve) => {
        video.onseeked = resolve;
        video.currentTime = 1_000;
      });
      return { seconds: video.currentTime, width: video.videoWidth };
    }, file.toString("base64"));
    expect(played.seconds).toBeGreaterThan(1.5);
    expect(played.width).toBe(640);
    console.log(`Recorded ${played.seconds.toFixed(1)} s, ${Math.round(file.length / 1_000)} kB`);
  });

  it("is over with the call, which ends for everybody when the host ends it, with a summary and a rating", async () => {
    const [minji, emily] = callers as [Caller, Caller]; // see above
    await emily.button(emily.say.chat).click();
    await emily.page.getByRole("textbox", { name: emily.say.write }).fill("Good talk! 고마워요");
    await emily.page.keyboard.press("Enter");
    await minji.button(minji.say.unreadChat(1)).click();
    await minji.page.getByRole("log").getByText("Good talk! 고마워요").waitFor();
    await emily.button(emily.say.react).click();
    await emily.page.getByRole("button", { name: "👏" }).click();
    await minji.page.getByRole("img", { name: minji.say.reacted("Emily", "👏") }).waitFor();
    await minji.person.screenshot("call-chat");

    await minji.button(minji.say.end).click();
    await minji.page.getByRole("alertdialog").getByRole("button", { name: minji.say.end }).click();
    for (const caller of callers) await caller.page.getByText(sessionEn.after.reasons.HOST).waitFor();
    await emily.page.getByRole("radio", { name: sessionEn.rating.stars(5) }).check();
    await emily.button(sessionEn.rating.send).click();
    await emily.page.getByText(sessionEn.rating.yours(5)).first().waitFor();
    await emily.person.screenshot("call-summary");
    expect(await findings(emily.person)).toEqual([]);
    expectNoErrors(callers);
  });
});

describe("The way in", () => {
  it("says when the door opens, who has to answer first, and that there is no such session", async () => {
    const [host, guest, stranger] = await newMembers(["Nari", "Owen", "Pia"]);
    if (host === undefined || guest === undefined || stranger === undefined) throw new Error("Three were asked for.");
    const later = await planCall({ members: [host, guest], startsInMs: 3_600_000 });
    const open = async (member: Member) => {
      const person = await signedIn(chromium.browser, member, `#sessions/${later}/call`);
      return { person, page: person.page };
    };
    const early = await open(host);
    await early.page.getByText(en.lobby.opensAt("").slice(0, -2)).waitFor();
    expect(await early.page.locator(".button.join").count()).toBe(0);
    const foreign = await open(stranger);
    await foreign.page.getByText(en.notFound).waitFor();
    expect(await findings(foreign.person)).toEqual([]);
    await guest.client.request({ method: "POST", path: `/v1/sessions/${later}/decline` });
    const declined = await open(guest);
    await declined.page.getByText(en.lobby.notConfirmed).waitFor();
    for (const { person } of [early, foreign, declined]) await person.context.close();
  });
});

describe("A session of a minute", () => {
  it("is in the other language after half of it, and counts what was said in each", async () => {
    const [hana, jack] = short as [Caller, Caller]; // see above
    const { client } = hana.member;
    const planned = await client.request<SessionAnswer>({ path: `/v1/sessions/${shortId}` });
    const half = (Date.parse(planned.scheduledStartTime) + Date.parse(planned.scheduledEndTime)) / 2;
    for (const caller of short)
      await caller.page.getByText(caller.say.language.speak("English")).first().waitFor({ timeout: 40_000 });
    const late = Date.now() - half;
    console.log(`It was the other language's turn ${late} ms after half time`);
    expect(late).toBeGreaterThan(-500);
    // Nobody can ask twice for nothing: the way back is there.
    await hana.button(hana.say.language.ask("Korean")).click();
    await jack.page.getByText(jack.say.language.othersAsk("Hana", "Korean")).waitFor();
    await jack.button(jack.say.language.agree).click();
    for (const caller of short) await caller.page.getByText(caller.say.language.speak("Korean")).first().waitFor();
    await jack.page.locator(".stage").getByRole("listitem").first().waitFor();
    await hana.button(hana.say.end).click();
    await hana.page.getByRole("alertdialog").getByRole("button", { name: hana.say.end }).click();
    for (const caller of short) await caller.page.getByText(sessionEn.after.reasons.HOST).waitFor();
    await soon(() => hana.page.locator(".talk-bars li").allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining("Korean"), expect.stringContaining("English")]),
    );
    expectNoErrors(short);
    for (const caller of short) await caller.close();
  });
});

describe("The call looks right, and can be used by everybody", () => {
  it.each(LOOKS)("$name", async ({ name, ...look }) => {
    const members = await newMembers(["Nari", "Owen"]);
    const sessionId = await planCall({ members });
    const [nari, owen] = members;
    if (nari === undefined || owen === undefined) throw new Error("Two were asked for.");
    const caller = await Caller.open(chromium.browser, nari, sessionId, look);
    const { page, say } = caller;
    const other = await Caller.open(chromium.browser, owen, sessionId);
    const shot = (what: string) => caller.person.screenshot(`${what}-${name.toLowerCase().replaceAll(/\W+/g, "-")}`);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await page.locator(".lobby video").waitFor();
    expect(await findings(caller.person)).toEqual([]);
    expect(await overflow()).toBe(0);
    await shot("lobby");
    await other.join();
    // With the keyboard alone.
    await page.locator(".button.join:enabled").focus();
    await page.keyboard.press("Enter");
    await caller.sees(1);
    expect(await caller.person.focused()).toContain("h1: ");
    await page.getByRole("status").getByText(say.came("Owen")).waitFor({ state: "attached" });
    expect(await findings(caller.person)).toEqual([]);
    expect(await overflow()).toBe(0);
    await shot("call");
    await caller.button(say.chat).focus();
    await page.keyboard.press("Enter");
    await soon(() => caller.person.focused()).toBe(`textarea: ${say.write}`);
    expect(await findings(caller.person)).toEqual([]);
    await page.keyboard.press("Escape");
    await caller.button(say.microphoneOff).focus();
    await page.keyboard.press("Space");
    await other.page.getByRole("img", { name: other.say.tile.muted }).waitFor();
    const small = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>("main button")]
          .filter((element) => element.offsetParent !== null)
          .filter((element) => Math.min(element.offsetWidth, element.offsetHeight) < 24).length,
    );
    expect(small).toBe(0);
    expectNoErrors([caller, other]);
    await caller.close();
    await other.close();
  });
});
