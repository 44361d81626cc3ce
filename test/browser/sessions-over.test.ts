/** A session that begins soon, and one that is over: its summary, rating and recordings, in real browsers. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findings } from "./axe.ts";
import { demoClient, endCall, enterCall, planIn, record } from "./held-session.ts";
import { LOOKS, openBrowser, Person, sharedServer, soon } from "./support.ts";

const FIVE_MINUTES_MS = 300_000;

let browser: Browser;
let held: number;
let host: Awaited<ReturnType<typeof demoClient>>;
let guest: typeof host;

/** A second of a moving picture, as a browser records it. */
async function film(person: Person): Promise<Blob> {
  const bytes = await person.page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 90 });
    const drawing = canvas.getContext("2d");
    const timer = setInterval(() => {
      if (drawing === null) return;
      drawing.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
      drawing.fillRect(0, 0, 160, 90);
    }, 50);
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm" });
    const recorded = new Promise<Blob>((resolve) =>
      recorder.addEventListener("dataavailable", ({ data }) => resolve(data)),
    );
    recorder.start();
    setTimeout(() => recorder.stop(), 1_000);
    const buffer = await (await recorded).arrayBuffer();
    clearInterval(timer);
    return [...new Uint8Array(buffer)];
  });
  return new Blob([Uint8Array.from(bytes)], { type: "video/webm" });
}

beforeAll(async () => {
  browser = await openBrowser();
  [host, guest] = await Promise.all([demoClient("junho"), demoClient("daniel")]);
});
afterAll(async () => {
  host?.client.close();
  guest?.client.close();
  await browser?.close();
});

const open = (key: string, look: (typeof LOOKS)[number], id: number) =>
  Person.open(browser, key, look, `#sessions/${id}`);
const [koreanDesktop] = LOOKS;
if (koreanDesktop === undefined) throw new Error("There are looks.");

describe("A session that begins soon", () => {
  it("has an open door for who is in it, and becomes one that is over while one looks", async () => {
    held = await planIn(FIVE_MINUTES_MS, { host, guest, title: "발음 연습 · Pronunciation" });
    const junho = await open("junho", koreanDesktop, held);
    const { page, plans } = junho;
    const door = page.getByRole("link", { name: plans.details.join });
    await door.waitFor();
    expect(await door.getAttribute("href")).toBe(`#sessions/${held}/call`);
    await junho.screenshot("sessions-door");
    const calls = await enterCall(held, [host, guest]);
    await soon(() => page.locator(".details-head .standing").textContent()).toBe(plans.standings.running);
    await record(calls, await film(junho));
    await endCall(calls);
    await page.getByRole("heading", { name: plans.after.title }).waitFor();
    expect(await door.count()).toBe(0);
    expect(junho.errors).toEqual([]);
    await junho.context.close();
  });
});

describe("A session that is over", () => {
  it("shows who was there and who talked how long", async () => {
    const daniel = await open("daniel", { ...koreanDesktop, locale: "en-US" }, held);
    const { page, plans } = daniel;
    await page.getByText(plans.after.reasons.HOST).waitFor();
    for (const name of ["Junho Lee", "Daniel Brooks"]) {
      const row = page.locator(".person").filter({ hasText: name });
      expect(await row.locator(".invitation-mark").textContent()).toBe(plans.after.attendance.ATTENDED);
    }
    await page.getByRole("list", { name: plans.after.talk }).getByText("Daniel Brooks, English").waitFor();
    await daniel.screenshot("sessions-over");
    await daniel.context.close();
  });

  it("is rated once, by keyboard", async () => {
    const daniel = await open("daniel", { ...koreanDesktop, locale: "en-US" }, held);
    const { page, plans } = daniel;
    await page.getByRole("button", { name: plans.rating.send }).click();
    await page.getByText(plans.rating.needed).waitFor();
    await page.getByRole("radio", { name: plans.rating.stars(1) }).focus();
    for (const _ of [2, 3, 4]) await page.keyboard.press("ArrowRight");
    await page.getByLabel(plans.rating.feedback).fill("고마워요!");
    await daniel.screenshot("sessions-rating");
    await page.getByRole("button", { name: plans.rating.send }).click();
    await page.getByRole("status").getByText(plans.rating.yours(4)).waitFor();
    await soon(() => page.getByRole("button", { name: plans.rating.send }).count()).toBe(0);
    await page.reload();
    await page.getByText("고마워요!").waitFor();
    expect(await page.getByRole("radio").count()).toBe(0);
    expect(daniel.errors).toEqual([]);
    await daniel.context.close();
  });

  it.each(LOOKS)("has nothing that axe finds: $name", async (look) => {
    const junho = await open("junho", look, held);
    const { page, plans } = junho;
    await page.getByRole("heading", { name: plans.recordings.title }).waitFor();
    await page.getByRole("heading", { name: plans.rating.title }).waitFor();
    await junho.screenshot(`sessions-over, ${look.name}`.replace(/\W+/g, "-").toLowerCase());
    expect(await findings(junho)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    await junho.context.close();
  });

  it("has its recording, which whoever was there plays and deletes", async () => {
    const daniel = await open("daniel", { ...koreanDesktop, locale: "en-US" }, held);
    const { page, plans } = daniel;
    await page.getByText(plans.recordings.by("Junho Lee")).waitFor();
    await page.getByRole("button", { name: plans.recordings.play(1) }).click();
    const video = page.locator("video");
    await soon(() => video.evaluate((element) => (element as HTMLVideoElement).videoWidth)).toBe(160);
    await daniel.screenshot("sessions-recording");
    await page.getByRole("button", { name: plans.recordings.delete(1) }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: plans.recordings.action }).click();
    await soon(() => page.getByRole("heading", { name: plans.recordings.title }).count()).toBe(0);
    await page.goto(`${sharedServer()}/?as=daniel#sessions/${held}`);
    await page.reload();
    await page.getByText(plans.after.reasons.HOST).waitFor();
    expect(await page.locator("video").count()).toBe(0);
    expect(daniel.errors).toEqual([]);
    await daniel.context.close();
  });
});
