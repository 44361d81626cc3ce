import { describe, expect, test } from "vitest";
import { titleOf } from "../../src/web/shell/unread-title.ts";
import { placeOf } from "../../src/web/shell/use-place.ts";
import { isFinalEnter } from "../../src/web/ui/enter-key.ts";

describe("the address", () => {
  const cases: readonly [string, { as: string | null; roomId: number | undefined; messageId: number | undefined }][] = [
    ["/", { as: null, roomId: undefined, messageId: undefined }],
    ["/?as=minji", { as: "minji", roomId: undefined, messageId: undefined }],
    ["/?as=minji#12", { as: "minji", roomId: 12, messageId: undefined }],
    ["/?as=minji#12/345", { as: "minji", roomId: 12, messageId: 345 }],
    ["/#0", { as: null, roomId: undefined, messageId: undefined }],
    ["/#12/0", { as: null, roomId: 12, messageId: undefined }],
    ["/#-1", { as: null, roomId: undefined, messageId: undefined }],
    ["/#1e3", { as: null, roomId: undefined, messageId: undefined }],
    ["/#12/3/4", { as: null, roomId: undefined, messageId: undefined }],
    ["/#99999999999999999999", { as: null, roomId: undefined, messageId: undefined }],
  ];
  test.each(cases)("%s", (path, place) => {
    expect(placeOf(`http://localhost:8787${path}`)).toEqual(place);
  });
});

describe("the address of a part of one's account", () => {
  test.each([
    ["/#profile", { panel: "profile", step: undefined }],
    ["/#notifications", { panel: "notifications", step: undefined }],
    ["/?as=minji#devices", { panel: "devices", step: undefined }],
    ["/#onboarding/3", { panel: "onboarding", step: 3 }],
    ["/#onboarding/0", { panel: "onboarding", step: undefined }],
    ["/#onboarding/12", { panel: undefined, step: undefined }],
    ["/#constructor", { panel: undefined, step: undefined }],
    ["/#12", { panel: undefined, step: undefined }],
  ])("%s", (path, place) => {
    expect(placeOf(`http://localhost:8787${path}`)).toMatchObject(place);
  });
});

test("the title counts what waits", () => {
  expect([titleOf(0), titleOf(3), titleOf(120)]).toEqual(["StudyMate", "(3) StudyMate", "(99+) StudyMate"]);
});

test("Enter is final only outside of a composition, and without Shift", () => {
  const enter = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13 };
  expect(isFinalEnter(enter)).toBe(true);
  expect(isFinalEnter({ ...enter, isComposing: true })).toBe(false);
  expect(isFinalEnter({ ...enter, keyCode: 229 })).toBe(false);
  expect(isFinalEnter({ ...enter, shiftKey: true })).toBe(false);
  expect(isFinalEnter({ ...enter, key: "a" })).toBe(false);
});
