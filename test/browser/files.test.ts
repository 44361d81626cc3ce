/** What people send beside words, and the pictures of themselves: between two windows of a real browser. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawnPng } from "./drawn-png.ts";
import { makeRoom } from "./rooms.ts";
import { openBrowser, Person, sharedServer, soon } from "./support.ts";

describe("A person's picture", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it("takes the place of the initial, wherever they are shown, once they have chosen it", async () => {
    const { roomId, clients } = await makeRoom({ people: ["junho", "sofia"], messages: 2 });
    const [junho] = clients;
    const sofia = await Person.open(browser, "sofia", { locale: "en-US" });
    await sofia.enter(roomId);
    expect(await sofia.page.locator(".avatar img").count()).toBe(0);

    const { key } = (await junho?.request<{ key: string }>({
      method: "POST",
      path: "/v1/media",
      query: { purpose: "avatar" },
      body: new Blob([drawnPng(200, 200)], { type: "image/png" }),
    })) ?? { key: "" };
    await junho?.request({ method: "PUT", path: "/v1/me/avatar", body: { key } });
    const avatar = sofia.row("message 2").locator(".avatar img");
    await avatar.waitFor();
    await soon(() => avatar.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(200);
    expect(await avatar.getAttribute("src")).toMatch(`blob:${sharedServer()}`);

    await sofia.page.getByRole("button", { name: sofia.say.showPeople }).click();
    await sofia.page.getByRole("dialog", { name: sofia.say.people }).locator(".avatar img").waitFor();
    await sofia.screenshot("avatars");
    await junho?.request({ method: "PUT", path: "/v1/me/avatar", body: { key: null } });
    await soon(() => sofia.page.locator(".avatar img").count()).toBe(0);
    expect(sofia.errors).toEqual([]);
    for (const client of clients) client.close();
    await sofia.context.close();
  });
});
