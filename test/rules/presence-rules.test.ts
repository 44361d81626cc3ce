/** What is told of somebody's presence, when, and which of two states holds. */
import { describe, expect, test } from "vitest";
import { Partners } from "../../objects/user-presence/partners.ts";
import { isNews, nextTelling, type Standing, shownState, UNKNOWN } from "../../objects/user-presence/rules.ts";
import type { PresenceState } from "../../schema/rpc.ts";

const T = 1_795_392_000_000;

const standing = (change: Partial<Standing> = {}): Standing => ({
  isConnected: true,
  chosen: "online",
  told: { status: "online", at: T },
  lastSeen: null,
  ...change,
});

describe("what is told next", () => {
  const gone = { isConnected: false, lastSeen: T };
  const cases: [string, Standing, number, ReturnType<typeof nextTelling>][] = [
    ["nothing, where all was told", standing(), T, null],
    ["that somebody came", standing({ told: { status: "offline", at: 0 } }), T, { tell: "online" }],
    [
      "what they chose, when they come",
      standing({ told: { status: "offline", at: 0 }, chosen: "busy" }),
      T,
      { tell: "busy" },
    ],
    ["another choice, five seconds after the last change", standing({ chosen: "away" }), T + 5_000, { tell: "away" }],
    ["nothing before that", standing({ chosen: "away" }), T + 4_999, { at: T + 5_000 }],
    ["nothing of who is gone for less than half a minute", standing(gone), T + 29_999, { at: T + 30_000 }],
    ["that somebody is gone, after it", standing(gone), T + 30_000, { tell: "offline" }],
    ["nothing of who was said to be gone", standing({ ...gone, told: { status: "offline", at: T } }), T + 99_000, null],
    ["nothing of who came and went unnoticed", standing({ ...gone, told: { status: "offline", at: 0 } }), T, null],
    [
      "a return right after it was said that they went, later",
      standing({ told: { status: "offline", at: T } }),
      T,
      { at: T + 5_000 },
    ],
  ];
  test.each(cases)("%s", (_, one, now, expected) => {
    expect(nextTelling(one, now)).toEqual(expected);
  });
});

describe("what is shown to who asks", () => {
  test("is what the others were told, with the last time only of who is offline", () => {
    const told = { status: "away", at: T } as const;
    expect(shownState({ told, lastSeen: T - 1 })).toEqual({ status: "away", lastSeen: null, since: T });
    expect(shownState({ told: { ...told, status: "offline" }, lastSeen: T - 1 })).toEqual({
      status: "offline",
      lastSeen: T - 1,
      since: T,
    });
  });
});

describe("which of two states holds", () => {
  const here: PresenceState = { status: "online", lastSeen: null, since: T };
  test.each([
    ["the later one", here, { ...here, status: "busy", since: T + 1 }, true],
    ["not the earlier one, however late it comes", here, { ...here, status: "busy", since: T - 1 }, false],
    ["not the same once more", here, here, false],
    ["anything where nothing was known", UNKNOWN, here, true],
    [
      "another last time of the same",
      { ...here, status: "offline" },
      { ...here, status: "offline", lastSeen: T },
      true,
    ],
  ] as [string, PresenceState, PresenceState, boolean][])("%s", (_, known, heard, expected) => {
    expect(isNews(known, heard)).toBe(expected);
  });
});

describe("what is known of partners", () => {
  const state = (status: PresenceState["status"], since = T): PresenceState => ({ status, lastSeen: null, since });

  test("is remembered as far as they are there, and restored", () => {
    const partners = new Partners();
    partners.note(1, state("online"));
    partners.note(2, state("offline"));
    partners.note(3, state("busy"));
    expect(partners.memo()).toBeUndefined();
    partners.known(partners.asking);
    const restored = new Partners();
    restored.restore(partners.memo() ?? "");
    expect(restored.isKnown).toBe(true);
    expect(restored.online()).toEqual([1, 3]);
    expect(restored.note(1, state("offline", T - 1))).toBe(false);
  });

  test("is not all known where there was reason to ask anew while they were asked", () => {
    const partners = new Partners();
    const { asking } = partners;
    partners.askAgain();
    partners.known(asking);
    expect(partners.isKnown).toBe(false);
    partners.known(partners.asking);
    expect(partners.isKnown).toBe(true);
  });

  test("is not remembered where it would not fit into a socket's attachment", () => {
    const partners = new Partners();
    partners.known(partners.asking);
    for (let n = 0; n < 2_000; n += 1) {
      partners.note(9_000_000_000_000_000 + n, state("online"));
      expect((partners.memo() ?? "").length).toBeLessThan(14_000);
    }
    expect(partners.memo()).toBeUndefined();
  });
});
