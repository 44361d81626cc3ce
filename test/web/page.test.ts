import { describe, expect, test } from "vitest";
import { titleOf } from "../../src/web/shell/unread-title.ts";
import { linkToCall, linkToSessions, placeOf } from "../../src/web/shell/use-place.ts";
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

describe("the address of one's learning sessions", () => {
  test.each([
    ["/#sessions", { view: "calendar", id: undefined }],
    ["/?as=minji#sessions/new", { view: "new", id: undefined }],
    ["/#sessions/12", { view: "details", id: 12 }],
    ["/#sessions/12/call", { view: "call", id: 12 }],
    ["/#sessions/0", { view: "calendar", id: undefined }],
    ["/#sessions/new/call", undefined],
    ["/#sessions/12/call/3", undefined],
    ["/#sessions/call", undefined],
    ["/#sessions12", undefined],
    ["/#12", undefined],
  ])("%s", (path, sessions) => {
    expect(placeOf(`http://localhost:8787${path}`).sessions).toEqual(sessions);
  });

  test.each([
    [linkToSessions(), "#sessions"],
    [linkToSessions("new"), "#sessions/new"],
    [linkToSessions(7), "#sessions/7"],
    [linkToCall(7), "#sessions/7/call"],
  ])("is written as it is read: %s", (link, hash) => {
    expect(link).toBe(hash);
    expect(placeOf(`http://localhost:8787/${link}`).sessions).toBeDefined();
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
