/** Calendars over HTTP: a file of one session, and a feed that knows a secret and no token. */
import { env } from "cloudflare:workers";
import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import { calendarFeed } from "../../schema/api/sessions.ts";
import { call, type SignedIn, signIn, signInMany } from "../support/http.ts";
import { planned, timesIn, told } from "../support/planned.ts";

function eventsOf(file: string) {
  const calendar = new ICAL.Component(ICAL.parse(file));
  return calendar.getAllSubcomponents("vevent").map((component) => ({
    uid: component.getFirstPropertyValue("uid"),
    status: component.getFirstPropertyValue("status"),
    summary: component.getFirstPropertyValue("summary"),
    sequence: Number(component.getFirstPropertyValue("sequence")),
    start: new ICAL.Event(component).startDate.toJSDate().toISOString(),
    method: calendar.getFirstPropertyValue("method"),
  }));
}

async function fileOf({ token }: SignedIn, id: number) {
  const response = await call("GET", `/v1/sessions/${id}/calendar.ics`, { token });
  expect(response.status).toBe(200);
  return response;
}

async function feedOf({ token }: SignedIn): Promise<string> {
  const response = await call("POST", "/v1/me/calendar-feed", { token });
  expect(response.status).toBe(201);
  return new URL(calendarFeed.parse(await response.json()).url).pathname;
}

const read = async (path: string) => eventsOf(await (await call("GET", path)).text());

describe("a session's file", () => {
  test("follows the session: moved, said yes to, called off, always the same event", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id, scheduledStartTime } = await planned(minji, [daniel]);
    const response = await fileOf(daniel, id);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/calendar; charset=utf-8",
      "content-disposition": `attachment; filename="session-${id}.ics"`,
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    });
    const [asked] = eventsOf(await response.text());
    expect(asked).toMatchObject({
      status: "TENTATIVE",
      summary: "여행 이야기",
      start: scheduledStartTime,
      method: "PUBLISH",
    });

    const times = timesIn(48);
    await call("PATCH", `/v1/sessions/${id}`, { token: minji.token, body: times });
    await told(daniel, id, "confirm");
    const [moved] = eventsOf(await (await fileOf(daniel, id)).text());
    expect(moved).toMatchObject({ uid: asked?.uid, status: "CONFIRMED", start: times.scheduledStartTime });
    expect(moved?.sequence).toBeGreaterThan(asked?.sequence ?? 0);

    await told(minji, id, "cancel");
    const [off] = eventsOf(await (await fileOf(daniel, id)).text());
    expect(off).toMatchObject({ uid: asked?.uid, status: "CANCELLED", method: "CANCEL" });
    expect(off?.sequence).toBeGreaterThan(moved?.sequence ?? 0);
  });

  test("is for those who were asked", async () => {
    const [minji, stranger] = await signInMany("Minji", "Stranger");
    const { id } = await planned(minji, []);
    const ask = (token?: string) =>
      call("GET", `/v1/sessions/${id}/calendar.ics`, token === undefined ? {} : { token });
    expect([(await ask()).status, (await ask(stranger.token)).status]).toEqual([401, 403]);
    expect((await call("GET", "/v1/sessions/999999999/calendar.ics", { token: minji.token })).status).toBe(404);
  });
});

describe("a feed", () => {
  test("has one's sessions but for those that one declined", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const path = await feedOf(daniel);
    expect(await read(path)).toEqual([]);
    const own = await planned(daniel, [], { inHours: 30 });
    const [asked, declined, off] = [
      await planned(minji, [daniel], { inHours: 40 }),
      await planned(minji, [daniel], { inHours: 50 }),
      await planned(minji, [daniel], { inHours: 60 }),
    ];
    await told(daniel, declined.id, "decline");
    await told(minji, off.id, "cancel");
    const events = await read(path);
    expect(events.map(({ start, status }) => [start, status])).toEqual([
      [own.scheduledStartTime, "CONFIRMED"],
      [asked.scheduledStartTime, "TENTATIVE"],
      [off.scheduledStartTime, "CANCELLED"],
    ]);
    // The same event as in the file of the session alone.
    const [alone] = eventsOf(await (await fileOf(daniel, asked.id)).text());
    expect(events[1]).toEqual(alone);
  });

  test("is of one address: another one ends it, and so does its owner", async () => {
    const minji = await signIn("Minji");
    const first = await feedOf(minji);
    const second = await feedOf(minji);
    expect(second).not.toBe(first);
    expect([(await call("GET", first)).status, (await call("GET", second)).status]).toEqual([404, 200]);
    expect((await call("DELETE", "/v1/me/calendar-feed", { token: minji.token })).status).toBe(204);
    expect((await call("DELETE", "/v1/me/calendar-feed", { token: minji.token })).status).toBe(204);
    expect((await call("GET", second)).status).toBe(404);
  });

  test("is kept as a hash: who reads the database cannot read it", async () => {
    const minji = await signIn("Minji");
    const secret = (await feedOf(minji)).split("/").at(-1)?.replace(".ics", "") ?? "";
    expect(secret).toMatch(/^[\w-]{43}$/);
    const { results } = await env.DB.prepare("SELECT * FROM calendar_feeds").all();
    expect(JSON.stringify(results)).not.toContain(secret);
  });

  test("ends with its owner's account", async () => {
    const minji = await signIn("Minji");
    const path = await feedOf(minji);
    await call("DELETE", "/v1/me", { token: minji.token });
    expect((await call("GET", path)).status).toBe(404);
  });

  test.each(["x.ics", `${"x".repeat(43)}.ics`, "..%2f..%2fhealthz", "%00", `${"x".repeat(5_000)}.ics`, "__proto__"])(
    "of no secret, %s, is not there",
    async (file) => {
      expect((await call("GET", `/v1/calendars/${file.slice(0, 5_000)}`)).status).toBe(404);
    },
  );

  test("may be asked for so often, and is then refused", async () => {
    const path = await feedOf(await signIn("Minji"));
    const statuses = await Promise.all(Array.from({ length: 130 }, async () => (await call("GET", path)).status));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });
});
