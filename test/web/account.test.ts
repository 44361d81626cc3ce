import { describe, expect, test } from "vitest";
import { agentOf, isHandheld } from "../../src/web/account/agent.ts";
import { collected, exportName } from "../../src/web/account/collected.ts";
import { maySkip, openStep, stepAfter, stepBefore, stepToRepeat } from "../../src/web/onboarding/wizard-rules.ts";
import { squareInside, ZOOM, zoomedBy } from "../../src/web/profile/crop.ts";

describe("the wizard", () => {
  const names = { englishName: "Minji", koreanName: null, gender: null };
  const residence = { residence: { country: "KR", city: null }, timeZone: "Asia/Seoul" };
  const nothing = { 1: null, 2: null, 3: null, 4: null, 5: null, 6: null };

  test.each([
    ["begins at its beginning", undefined, { currentStep: 1, steps: nothing }, 1],
    ["goes on where one left off", undefined, { currentStep: 3, steps: { ...nothing, 1: names, 2: residence } }, 3],
    ["goes back to what was saved", 1, { currentStep: 3, steps: { ...nothing, 1: names, 2: residence } }, 1],
    ["opens what may be left out before", 5, { currentStep: 3, steps: { ...nothing, 1: names, 2: residence } }, 5],
    ["goes to what is missing first", 6, { currentStep: 2, steps: { ...nothing, 1: names } }, 2],
    ["does not know a seventh step", 7, { currentStep: 2, steps: { ...nothing, 1: names } }, 2],
  ])("%s", (_, asked, progress, step) => {
    expect(openStep(asked, progress)).toBe(step);
  });

  test("has a way back and on, but at its ends", () => {
    expect([stepBefore(1), stepBefore(2), stepAfter(5), stepAfter(6)]).toEqual([undefined, 1, 6, undefined]);
  });

  test("lets the picture and the introduction be left out, while there is nothing in them to lose", () => {
    const left = { ...nothing, 3: { profileImageUrl: null }, 4: { intro: null } };
    const filled = { ...nothing, 3: { profileImageUrl: "/v1/media/avatar/1/a" }, 4: { intro: "Hi" } };
    const skippable = (steps: typeof nothing | typeof left | typeof filled) =>
      ([1, 2, 3, 4, 5, 6] as const).filter((step) => maySkip(step, { steps }));
    expect([skippable(nothing), skippable(left), skippable(filled)]).toEqual([[3, 4], [3, 4], []]);
  });

  test("goes to the step that a refused completion names", () => {
    expect(stepToRepeat([{ path: "steps.5" }, { path: "steps.2" }])).toBe(2);
    expect(stepToRepeat([])).toBeUndefined();
  });
});

describe("the part of a picture", () => {
  test.each([
    [
      { x: 10.4, y: 20.6, width: 300.2, height: 300.2 },
      { x: 10, y: 21, width: 300, height: 300 },
    ],
    [
      { x: -3, y: -0.2, width: 600.4, height: 600.4 },
      { x: 0, y: 0, width: 600, height: 600 },
    ],
    [
      { x: 700, y: 0, width: 300, height: 300 },
      { x: 600, y: 0, width: 300, height: 300 },
    ],
    [
      { x: 0, y: 0, width: 0.2, height: 0.2 },
      { x: 0, y: 0, width: 1, height: 1 },
    ],
  ])("is a square inside of it: %o", (area, inside) => {
    expect(squareInside(area, { width: 900, height: 600 })).toEqual(inside);
  });

  test("comes nearer and goes away by keys, as far as it goes", () => {
    expect([zoomedBy("+", 1), zoomedBy("=", 1.1), zoomedBy("-", 1.2)]).toEqual([1.1, 1.2, 1.1]);
    expect([zoomedBy("-", ZOOM.least), zoomedBy("+", ZOOM.most)]).toEqual([ZOOM.least, ZOOM.most]);
    expect(zoomedBy("ArrowUp", 1)).toBeUndefined();
  });
});

describe("a device", () => {
  const MOZILLA = "Mozilla/5.0";
  test.each([
    [`${MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36`, "Chrome", "Windows"],
    [`${MOZILLA} (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0`, "Edge", "Windows"],
    [`${MOZILLA} (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Whale/4.1 Safari/537.36`, "Whale", "Windows"],
    [`${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/19 Safari/605`, "Safari", "Mac"],
    [`${MOZILLA} (iPhone; CPU iPhone OS 19_1 like Mac OS X) Version/19 Mobile Safari/604.1`, "Safari", "iPhone"],
    [`${MOZILLA} (iPhone; CPU iPhone OS 19_1 like Mac OS X) CriOS/140 Mobile Safari/604.1`, "Chrome", "iPhone"],
    [
      `${MOZILLA} (Linux; Android 16; SM-S931N) SamsungBrowser/29 Chrome/136 Mobile Safari`,
      "Samsung Internet",
      "Android",
    ],
    [`${MOZILLA} (Linux; Android 16) Chrome/140 Mobile Safari KAKAOTALK 25.8`, "KakaoTalk", "Android"],
    [`${MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`, "Firefox", "Linux"],
    ["node", undefined, undefined],
    [null, undefined, undefined],
  ])("%s", (userAgent, browser, system) => {
    expect(agentOf(userAgent)).toEqual({ browser, system });
  });

  test("is held in the hand, or stands on a desk", () => {
    expect(isHandheld(agentOf("iPhone"))).toBe(true);
    expect(isHandheld(agentOf("Android"))).toBe(true);
    expect(isHandheld(agentOf("Windows"))).toBe(false);
  });
});

describe("an export", () => {
  /** A body that comes line by line, and breaks off if it is to. */
  const bodyOf = (lines: readonly string[], isBroken = false) =>
    new Response(
      new ReadableStream({
        start: (controller) => {
          for (const line of lines) controller.enqueue(new TextEncoder().encode(`${line}\n`));
          if (isBroken) controller.error(new Error("cut"));
          else controller.close();
        },
      }),
    );

  test("is all of what comes, told of on the way", async () => {
    const sizes: number[] = [];
    const file = await collected(bodyOf(["{}", "[1,2]"]), (size) => sizes.push(size));
    expect(await file.text()).toBe("{}\n[1,2]\n");
    expect(sizes.at(-1)).toBe(9);
  });

  test("that breaks off is none", async () => {
    await expect(collected(bodyOf(["{}"], true), () => {})).rejects.toThrow();
  });

  test("has a name of its own day", () => {
    expect(exportName(7, new Date("2026-05-20T12:00:00Z"))).toBe("studymate-7-2026-05-20.ndjson");
  });
});
