/**
 * Who may do what: every route, asked by nobody, by the owner of what it is about, by another user, by somebody who was
 * removed from the room, and by an operator. A route that is missing here fails.
 */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { deviceList } from "../../schema/api/auth.ts";
import { DEFAULT_SETTINGS } from "../../schema/notifications.ts";
import { STEP_EXAMPLES } from "../../src/api-documents/http/onboarding-operations.ts";
import { PUSH_OPERATIONS } from "../../src/api-documents/http/push-operations.ts";
import { app } from "../../src/app.ts";
import { callOf, endCall, recordedCallOf } from "../support/calls.ts";
import { mustBeDocumented } from "../support/documents.ts";
import { type Call, call, enter, groupOf, requestFor, type SignedIn, say, signInMany } from "../support/http.ts";
import { uploaded } from "../support/media.ts";
import { ascii, joined, PNG } from "../support/pictures.ts";
import { planned, timesIn } from "../support/planned.ts";

interface World {
  /** Made the room, said what is in it, and made the report and the file. */
  readonly owner: SignedIn;
  /** Takes part in the room; whom the others do something to. */
  readonly member: SignedIn;
  readonly another: SignedIn;
  readonly removed: SignedIn;
  readonly admin: SignedIn;
  readonly roomId: number;
  readonly deviceId: number;
  readonly reportId: number;
  readonly fileKey: string;
  readonly avatarKey: string;
  /** The owner hosts it, and asked the member; 0 where it is not about one. */
  readonly sessionId: number;
  /** In a call with the member that the owner recorded, what was recorded; 0 where it is not about one. */
  readonly recordingNumber: number;
  /** The file of the owner's calendar. */
  readonly calendar: string;
}

const WEBM = joined([0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x84], ascii("webm"), new Uint8Array(60));

/** What a session's route is about. Each has its own, since a call is one of the things that one has at a time. */
async function makeSession(address: string, owner: SignedIn, member: SignedIn) {
  const { token } = owner;
  const nothing = { sessionId: 0, recordingNumber: 0 };
  if (!address.includes("sessions/")) return nothing;
  if (address.endsWith("/rating")) {
    const held = await callOf(owner, member);
    await endCall(held);
    return { ...nothing, sessionId: held.id };
  }
  if (!address.includes("/recordings")) {
    const isSocket = address.endsWith("/socket");
    const { id: sessionId } = await planned(owner, [member], { inHours: isSocket ? 0.1 : 24 });
    return { sessionId, recordingNumber: 0 };
  }
  const { id: sessionId } = await recordedCallOf(owner, member);
  const recordings = `/v1/sessions/${sessionId}/recordings`;
  const begun = await call("POST", recordings, { token, body: { contentType: "video/webm" } });
  const { id: recordingNumber } = await begun.json<{ id: number }>();
  await call("PUT", `${recordings}/${recordingNumber}/parts/1`, { token, body: WEBM });
  if (/content|DELETE/.test(address)) {
    await call("POST", `${recordings}/${recordingNumber}/complete`, { token, body: { duration: 1 } });
  }
  return { sessionId, recordingNumber };
}

async function makeWorld(address: string): Promise<World> {
  const [owner, member, another, removed, admin] = await signInMany("Owner", "Member", "Another", "Removed", "Admin");
  await env.DB.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").bind(admin.user.id).run();
  const { id: roomId } = await groupOf([owner, member, removed]);
  const socket = await enter(roomId, owner);
  await say(socket, "Hello");
  socket.close();
  await call("DELETE", `/v1/rooms/${roomId}/participants/${removed.user.id}`, { token: owner.token });
  const devices = deviceList.parse(await (await call("GET", "/v1/auth/devices", { token: owner.token })).json());
  const body = { reportedUserId: member.user.id, reason: "SPAM" };
  const report = await call("POST", "/v1/reports", { token: owner.token, body });
  const { id: reportId } = await report.json<{ id: number }>();
  const { key: fileKey } = await uploaded(owner, PNG, { roomId });
  const { key: avatarKey } = await uploaded(owner, PNG, { purpose: "avatar" });
  const deviceId = devices.items[0]?.id ?? 0;
  const feed = await call("POST", "/v1/me/calendar-feed", { token: owner.token });
  const calendar = new URL((await feed.json<{ url: string }>()).url).pathname;
  const session = await makeSession(address, owner, member);
  return {
    ...{ owner, member, another, removed, admin, roomId, deviceId, reportId, fileKey, avatarKey, calendar },
    ...session,
  };
}

type Statuses = readonly [nobody: number, owner: number, another: number, removed: number, admin: number];

/** Open to all: an answer, or what is wrong with what was sent. */
const anybody = (status: number): Statuses => [status, status, status, status, status];
/** About oneself: the same for each who is signed in. */
const oneself = (status: number): Statuses => [401, status, status, status, status];
/** About a room: for those who are in it. Operators are nobody special there. */
const participants = (status: number): Statuses => [401, status, 403, 403, 403];
/** What is still being sent: who was not in the call does not learn that it is there. */
const recorderAlone: Statuses = [401, 200, 404, 404, 404];
const operators = (status: number): Statuses => [401, 403, 403, 403, status];

interface Row {
  readonly statuses: Statuses;
  readonly path?: (world: World) => string;
  readonly body?: (world: World) => unknown;
  readonly headers?: Call["headers"];
  /** What the service must be set up with. */
  readonly settings?: object;
}

const inRoom = (rest: string) => (world: World) => `/v1/rooms/${world.roomId}${rest}`;
const inSession = (rest: string) => (world: World) => `/v1/sessions/${world.sessionId}${rest}`;
const ofRecording = (rest: string) => (world: World) =>
  `/v1/sessions/${world.sessionId}/recordings/${world.recordingNumber}${rest}`;
const sessionOfAdmin = (rest: string) => (world: World) => `/v1/admin/sessions/${world.sessionId}${rest}`;
const ofMember = (world: World) => `/v1/rooms/${world.roomId}/participants/${world.member.user.id}`;
const blockOfMember = (world: World) => `/v1/me/blocks/${world.member.user.id}`;
const roomOfAdmin = (rest: string) => (world: World) => `/v1/admin/rooms/${world.roomId}${rest}`;

const BROWSER = PUSH_OPERATIONS["POST /v1/push-subscriptions"].examples.chrome.body;

const ROUTES: Readonly<Record<string, Row>> = {
  "GET /healthz": { statuses: anybody(200) },
  "GET /readyz": { statuses: anybody(200) },

  "POST /v1/auth/dev-login": { statuses: anybody(200), body: ({ owner }) => ({ email: owner.user.email }) },
  "POST /v1/auth/refresh": { statuses: anybody(200), body: ({ owner }) => ({ refreshToken: owner.refreshToken }) },
  "POST /v1/auth/exchange": { statuses: anybody(400), body: () => ({}) },
  "POST /v1/auth/signup": { statuses: anybody(400), body: () => ({}) },
  "GET /v1/auth/providers": { statuses: anybody(200) },
  "GET /v1/auth/:provider/start": { statuses: anybody(404), path: () => "/v1/auth/nobody/start" },
  "GET /v1/auth/:provider/callback": { statuses: anybody(400), path: () => "/v1/auth/nobody/callback" },
  "POST /v1/auth/logout": { statuses: oneself(204) },
  "GET /v1/auth/devices": { statuses: oneself(200) },
  "DELETE /v1/auth/devices/:id": {
    statuses: [401, 204, 404, 404, 404],
    path: ({ deviceId }) => `/v1/auth/devices/${deviceId}`,
  },

  "POST /v1/rooms": { statuses: oneself(201), body: () => ({ roomType: "GROUP", name: "A", participantIds: [] }) },
  "GET /v1/rooms": { statuses: oneself(200) },
  "GET /v1/rooms/:id": { statuses: participants(200), path: inRoom("") },
  "PATCH /v1/rooms/:id": { statuses: participants(200), path: inRoom(""), body: () => ({ name: "Another" }) },
  "GET /v1/rooms/:id/messages": { statuses: participants(200), path: inRoom("/messages") },
  "GET /v1/rooms/:id/socket": {
    statuses: participants(101),
    path: inRoom("/socket"),
    headers: { upgrade: "websocket" },
  },
  "POST /v1/rooms/:id/participants": {
    statuses: participants(201),
    path: inRoom("/participants"),
    body: ({ another }) => ({ userId: another.user.id }),
  },
  "PATCH /v1/rooms/:id/participants/:userId": {
    statuses: participants(200),
    path: ofMember,
    body: () => ({ role: "ADMIN" }),
  },
  "DELETE /v1/rooms/:id/participants/:userId": { statuses: participants(204), path: ofMember },

  "POST /v1/sessions": {
    statuses: oneself(201),
    body: () => ({
      ...{ sessionType: "VIDEO_1V1", primaryLanguage: "ko", inviteeIds: [] },
      ...timesIn(24),
    }),
  },
  "GET /v1/sessions": { statuses: oneself(200) },
  "GET /v1/sessions/:id": { statuses: participants(200), path: inSession("") },
  "PATCH /v1/sessions/:id": { statuses: participants(200), path: inSession(""), body: () => ({ title: "Another" }) },
  "POST /v1/sessions/:id/invite": {
    statuses: participants(200),
    path: inSession("/invite"),
    body: ({ member }) => ({ inviteeIds: [member.user.id] }),
  },
  "POST /v1/sessions/:id/confirm": { statuses: participants(200), path: inSession("/confirm") },
  // The host calls it off instead.
  "POST /v1/sessions/:id/decline": { statuses: participants(409), path: inSession("/decline") },
  "POST /v1/sessions/:id/cancel": { statuses: participants(200), path: inSession("/cancel") },
  "POST /v1/sessions/:id/rating": {
    statuses: participants(200),
    path: inSession("/rating"),
    body: () => ({ rating: 5 }),
  },
  "GET /v1/sessions/:id/calendar.ics": { statuses: participants(200), path: inSession("/calendar.ics") },
  "GET /v1/sessions/:id/socket": {
    statuses: participants(101),
    path: inSession("/socket"),
    headers: { upgrade: "websocket" },
  },
  "POST /v1/me/calendar-feed": { statuses: oneself(201) },
  "DELETE /v1/me/calendar-feed": { statuses: oneself(204) },
  "GET /v1/calendars/:file": { statuses: anybody(200), path: ({ calendar }) => calendar },
  "GET /v1/ice-servers": { statuses: oneself(200) },

  "POST /v1/sessions/:id/recordings": {
    statuses: participants(201),
    path: inSession("/recordings"),
    body: () => ({ contentType: "video/webm" }),
  },
  "GET /v1/sessions/:id/recordings": { statuses: participants(200), path: inSession("/recordings") },
  "PUT /v1/sessions/:id/recordings/:number/parts/:part": {
    statuses: recorderAlone,
    path: ofRecording("/parts/1"),
    body: () => WEBM,
  },
  "GET /v1/sessions/:id/recordings/:number/upload": { statuses: recorderAlone, path: ofRecording("/upload") },
  "POST /v1/sessions/:id/recordings/:number/complete": {
    statuses: recorderAlone,
    path: ofRecording("/complete"),
    body: () => ({ duration: 1 }),
  },
  "GET /v1/sessions/:id/recordings/:number/content": { statuses: participants(200), path: ofRecording("/content") },
  "DELETE /v1/sessions/:id/recordings/:number": { statuses: participants(204), path: ofRecording("") },

  "GET /v1/search/messages": { statuses: oneself(200), path: () => "/v1/search/messages?q=hello" },

  "POST /v1/media": {
    statuses: participants(201),
    path: ({ roomId }) => `/v1/media?purpose=message&roomId=${roomId}`,
    body: () => PNG,
    headers: { "content-type": "image/png" },
  },
  "POST /v1/media/uploads": {
    statuses: participants(201),
    body: ({ roomId }) => ({ roomId, contentType: "video/mp4", sizeBytes: 50_000_000 }),
    settings: {
      R2_ENDPOINT: "https://storage.example/studymate",
      R2_ACCESS_KEY_ID: "key",
      R2_SECRET_ACCESS_KEY: "secret",
    },
  },
  // Nothing of the kind was announced: for the owner it is complete already.
  "POST /v1/media/:purpose/:ownerId/:name/complete": {
    statuses: [401, 200, 404, 404, 404],
    path: ({ fileKey }) => `/v1/media/${fileKey}/complete`,
  },
  "GET /v1/media/:purpose/:ownerId/:name": {
    statuses: participants(200),
    path: ({ fileKey }) => `/v1/media/${fileKey}`,
  },

  "GET /v1/me": { statuses: oneself(200) },
  "PATCH /v1/me": { statuses: oneself(200), body: () => ({ intro: "Hello" }) },
  "DELETE /v1/me": { statuses: oneself(202) },
  "GET /v1/me/socket": { statuses: oneself(101), headers: { upgrade: "websocket" } },
  "GET /v1/me/export": { statuses: oneself(200) },
  "PUT /v1/me/avatar": { statuses: [401, 200, 400, 400, 400], body: ({ avatarKey }) => ({ key: avatarKey }) },
  "PUT /v1/me/languages": { statuses: oneself(200), body: () => STEP_EXAMPLES[5] },
  "PUT /v1/me/interests": { statuses: oneself(200), body: () => ({ interests: ["travel"] }) },
  "GET /v1/me/blocks": { statuses: oneself(200) },
  "PUT /v1/me/blocks/:userId": { statuses: oneself(204), path: blockOfMember },
  "DELETE /v1/me/blocks/:userId": { statuses: oneself(204), path: blockOfMember },
  "GET /v1/users/:id": { statuses: oneself(200), path: ({ member }) => `/v1/users/${member.user.id}` },
  "POST /v1/reports": {
    statuses: participants(201),
    body: ({ member, roomId }) => ({ reportedUserId: member.user.id, reason: "SPAM", roomId, messageIds: [1] }),
  },

  "GET /v1/notifications": { statuses: oneself(200) },
  "POST /v1/notifications/read": { statuses: oneself(200), body: () => ({ all: true }) },
  "GET /v1/me/notification-settings": { statuses: oneself(200) },
  "PUT /v1/me/notification-settings": { statuses: oneself(200), body: () => DEFAULT_SETTINGS },
  "GET /v1/push-key": { statuses: oneself(200) },
  // The browser is whoever's it was last, each time another's.
  "POST /v1/push-subscriptions": { statuses: oneself(201), body: () => BROWSER },
  "DELETE /v1/push-subscriptions": { statuses: oneself(204), body: () => ({ endpoint: BROWSER.endpoint }) },

  "GET /v1/onboarding": { statuses: oneself(200) },
  "PUT /v1/onboarding/steps/1": { statuses: oneself(200), body: () => STEP_EXAMPLES[1] },
  // Nobody has saved what these need.
  "PUT /v1/onboarding/steps/2": { statuses: oneself(409), body: () => STEP_EXAMPLES[2] },
  "PUT /v1/onboarding/steps/3": { statuses: oneself(409), body: () => STEP_EXAMPLES[3] },
  "PUT /v1/onboarding/steps/4": { statuses: oneself(409), body: () => STEP_EXAMPLES[4] },
  "PUT /v1/onboarding/steps/5": { statuses: oneself(409), body: () => STEP_EXAMPLES[5] },
  "PUT /v1/onboarding/steps/6": { statuses: oneself(409), body: () => STEP_EXAMPLES[6] },
  "POST /v1/onboarding/complete": { statuses: oneself(409) },
  "GET /v1/matching/preferences": { statuses: oneself(200) },
  "PUT /v1/matching/preferences": { statuses: oneself(200), body: () => STEP_EXAMPLES[6].preferences },

  "GET /v1/admin/jobs": { statuses: operators(200) },
  "POST /v1/admin/jobs/:name": { statuses: operators(200), path: () => "/v1/admin/jobs/fan-outs" },
  "GET /v1/admin/reports": { statuses: operators(200) },
  "POST /v1/admin/reports/:id/resolve": {
    statuses: operators(200),
    path: ({ reportId }) => `/v1/admin/reports/${reportId}/resolve`,
    body: () => ({ resolution: "Warned.", action: "none" }),
  },
  "POST /v1/admin/users/:id/ban": {
    statuses: operators(200),
    path: ({ member }) => `/v1/admin/users/${member.user.id}/ban`,
  },
  "POST /v1/admin/users/:id/flush": {
    statuses: operators(200),
    path: ({ member }) => `/v1/admin/users/${member.user.id}/flush`,
  },
  "POST /v1/admin/users/:id/epoch": {
    statuses: operators(200),
    path: ({ member }) => `/v1/admin/users/${member.user.id}/epoch`,
  },
  "POST /v1/admin/users/:id/unban": {
    statuses: operators(200),
    path: ({ member }) => `/v1/admin/users/${member.user.id}/unban`,
  },
  "GET /v1/admin/sessions/:id/flush": { statuses: operators(200), path: sessionOfAdmin("/flush") },
  "POST /v1/admin/sessions/:id/flush": { statuses: operators(200), path: sessionOfAdmin("/flush") },
  "POST /v1/admin/sessions/:id/epoch": { statuses: operators(200), path: sessionOfAdmin("/epoch") },
  "GET /v1/admin/flush": { statuses: operators(200) },
  "POST /v1/admin/flush": { statuses: operators(200) },
  "GET /v1/admin/flush/parked": { statuses: operators(200) },
  "GET /v1/admin/rooms/:id/flush": { statuses: operators(200), path: roomOfAdmin("/flush") },
  "POST /v1/admin/rooms/:id/flush": { statuses: operators(200), path: roomOfAdmin("/flush") },
  "POST /v1/admin/rooms/:id/epoch": { statuses: operators(200), path: roomOfAdmin("/epoch") },
};

const CALLERS = ["nobody", "owner", "another", "removed", "admin"] as const;
/** Whoever may most comes last: what they change, nobody else finds changed. */
const ORDER = ["nobody", "another", "removed", "admin", "owner"] as const satisfies (typeof CALLERS)[number][];

async function statusesOf(
  address: string,
  { path, body, headers, settings }: Row,
): Promise<Partial<Record<string, number>>> {
  const world = await makeWorld(address);
  const [method = "", pattern = ""] = address.split(" ");
  const statuses: Partial<Record<string, number>> = {};
  for (const caller of ORDER) {
    const request = requestFor(method, path?.(world) ?? pattern, {
      ...(caller !== "nobody" && { token: world[caller].token }),
      ...(body && { body: body(world) }),
      ...(headers && { headers }),
    });
    const response = await app.fetch(request, { ...env, ...settings });
    await mustBeDocumented(method, request.url, response);
    statuses[caller] = response.status;
    response.webSocket?.accept();
    response.webSocket?.close();
    await response.body?.cancel();
  }
  return statuses;
}

describe("the table", () => {
  test("has every route of the app, and no other", () => {
    const routes = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(ROUTES).sort()).toEqual([...new Set(routes)].sort());
  });

  test("lets nobody in without a token but where signing in and health need it", () => {
    const open = Object.entries(ROUTES).filter(([, { statuses }]) => statuses[0] !== 401);
    expect(open.map(([address]) => address.split("/").slice(0, 3).join("/"))).toEqual([
      ...["GET /healthz", "GET /readyz", "POST /v1/auth", "POST /v1/auth"],
      ...["POST /v1/auth", "POST /v1/auth", "GET /v1/auth", "GET /v1/auth", "GET /v1/auth"],
      // Its address is the secret.
      "GET /v1/calendars",
    ]);
  });
});

describe("each route answers each caller as it should", () => {
  test.each(Object.entries(ROUTES))("%s", async (address, row) => {
    const expected = Object.fromEntries(CALLERS.map((caller, index) => [caller, row.statuses[index]]));
    expect(await statusesOf(address, row)).toEqual(expected);
  });
});
