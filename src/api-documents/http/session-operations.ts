/** Learning sessions: planning them, their sockets, and calendars. */
import {
  calendarFeed,
  cancelSessionRequest,
  createSessionAnswer,
  createSessionRequest,
  iceServersAnswer,
  inviteRequest,
  rateSessionRequest,
  sessionAnswer,
  sessionList,
  sessionQuery,
  updateSessionRequest,
} from "../../../schema/api/sessions.ts";
import { SAMPLE, session } from "../sample.ts";
import type { Operation } from "./operation.ts";

const id = { description: "The session.", example: SAMPLE.session };
const ofSession = { id };

const [host, guest] = session.participants;
const confirmed = { ...session, participants: [host, { ...guest, invitation: "CONFIRMED" }], rev: 2 };
const attended = { ...session, status: "COMPLETED", endReason: "ENDED", ownRating: { rating: 5, feedback: "Great!" } };
const occurrences = [
  { id: SAMPLE.session, scheduledStartTime: SAMPLE.sessionStart, scheduledEndTime: SAMPLE.sessionEnd },
];

const NOT_YOURS = "The caller was never asked to this session, or was removed from it.";
const HOST_ONLY = "The caller is not the host.";
const TAKEN = "Another session of the caller is at that time.";
const OVER = "It is over, or was called off.";
const TOO_OFTEN = "Too many in a minute. Wait for `Retry-After` seconds.";
const LOST = "There is nothing at this address.";

export const SESSION_OPERATIONS = {
  "POST /v1/sessions": {
    id: "createSession",
    area: "Sessions",
    summary: "Plan a session",
    description:
      "The caller is the host, and confirmed without being asked; everybody invited is told. More may be invited than there " +
      "are places: whoever confirms first has one, and others wait. Nobody is in two sessions at once: where the host has " +
      "another one then, nothing is made, of a recurrence neither.",
    caller: "user",
    takesIdempotencyKey: true,
    body: createSessionRequest,
    examples: {
      two: {
        summary: "An hour of Minji's with Daniel",
        body: {
          sessionType: "VIDEO_1V1",
          title: session.title,
          description: session.description,
          scheduledStartTime: SAMPLE.sessionStart,
          scheduledEndTime: SAMPLE.sessionEnd,
          primaryLanguage: "ko",
          secondaryLanguage: "en",
          inviteeIds: [SAMPLE.daniel],
        },
        status: 201,
      },
      weekly: {
        summary: "Four weeks, at the same time of day in Seoul",
        body: {
          sessionType: "GROUP_VIDEO",
          scheduledStartTime: SAMPLE.sessionStart,
          scheduledEndTime: SAMPLE.sessionEnd,
          primaryLanguage: "ko",
          secondaryLanguage: "en",
          inviteeIds: [SAMPLE.daniel, SAMPLE.sofia],
          recurrence: { frequency: "WEEKLY", count: 4, timeZone: "Asia/Seoul" },
        },
        status: 201,
      },
    },
    answers: {
      200: {
        description: "It was made before, under this key.",
        schema: createSessionAnswer,
        example: { ...session, occurrences },
      },
      201: { description: "It was made.", schema: createSessionAnswer, example: { ...session, occurrences } },
    },
    refusals: {
      invalid_frame: "The body does not fit, one of the people is not there, or the key is not visible ASCII.",
      forbidden: "There is a block between the caller and one of the people.",
      not_found: "The session was there, but its object lost its storage. It has to be restored.",
      conflict:
        "The caller has another session at the time, has a hundred to come already, or used this `Idempotency-Key` for " +
        "something else.",
      rate_limited: TOO_OFTEN,
      unavailable: "The session is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
  "GET /v1/sessions": {
    id: "listSessions",
    area: "Sessions",
    summary: "List one's sessions",
    description:
      "Those that the caller hosts, was asked to or is in, those that were declined included; the earliest first. From the " +
      "database: what was planned is there at once, what happens in a call within seconds.",
    caller: "user",
    query: sessionQuery,
    answers: {
      200: {
        description: "One page of them.",
        schema: sessionList,
        example: { items: [session], nextCursor: null },
      },
    },
    refusals: { invalid_frame: "The query does not fit, or the cursor is not one of this list." },
  },
  "GET /v1/sessions/{id}": {
    id: "getSession",
    area: "Sessions",
    summary: "Get a session",
    description: "The session as it is now, with everybody who was asked to it.",
    caller: "user",
    path: ofSession,
    answers: { 200: { description: "The session.", schema: sessionAnswer, example: session } },
    refusals: { forbidden: NOT_YOURS },
  },
  "PATCH /v1/sessions/{id}": {
    id: "updateSession",
    area: "Sessions",
    summary: "Change a session, or move it",
    description:
      "By the host. What is not named stays; null takes it away. Another time asks everybody else anew; it is kept only if the " +
      "host is free then.",
    caller: "user",
    path: ofSession,
    body: updateSessionRequest,
    examples: {
      time: {
        summary: "A day later",
        body: { scheduledStartTime: SAMPLE.laterStart, scheduledEndTime: SAMPLE.laterEnd },
        status: 200,
      },
      title: { summary: "Another title", body: { title: "음식 이야기 · Food" }, status: 200 },
    },
    answers: {
      200: { description: "The session as it is now.", schema: sessionAnswer, example: { ...session, rev: 2 } },
    },
    refusals: {
      forbidden: HOST_ONLY,
      conflict: `${TAKEN} Or it has begun, and cannot be moved any more.`,
      gone: OVER,
    },
  },
  "POST /v1/sessions/{id}/invite": {
    id: "inviteToSession",
    area: "Sessions",
    summary: "Invite more people",
    description: "By the host, until it is over. Who was asked already stays as they are; who declined is asked again.",
    caller: "user",
    path: ofSession,
    body: inviteRequest,
    examples: { sofia: { summary: "Sofia as well", body: { inviteeIds: [SAMPLE.sofia] }, status: 200 } },
    answers: {
      200: { description: "The session as it is now.", schema: sessionAnswer, example: { ...session, rev: 2 } },
    },
    refusals: {
      invalid_frame: "The body does not fit, or one of the people is not there.",
      forbidden: `${HOST_ONLY} Or there is a block between the caller and one of the people.`,
      too_large: "The body is larger than 64 KiB, or more than twenty would be asked.",
      rate_limited: TOO_OFTEN,
      gone: OVER,
    },
  },
  "POST /v1/sessions/{id}/confirm": {
    id: "confirmSession",
    area: "Sessions",
    summary: "Say yes",
    description:
      "`CONFIRMED` where there is a place, else `WAITLISTED` until somebody declines: both take the time. Again, it changes " +
      "nothing.",
    caller: "user",
    path: ofSession,
    answers: { 200: { description: "The session as it is now.", schema: sessionAnswer, example: confirmed } },
    refusals: { forbidden: `${NOT_YOURS} Or there is a block between them and the host.`, conflict: TAKEN, gone: OVER },
  },
  "POST /v1/sessions/{id}/decline": {
    id: "declineSession",
    area: "Sessions",
    summary: "Say no",
    description: "Also after a yes: whoever waits longest has the place, and is told. Their time is free again.",
    caller: "user",
    path: ofSession,
    answers: { 200: { description: "The session as it is now.", schema: sessionAnswer, example: confirmed } },
    refusals: {
      forbidden: NOT_YOURS,
      conflict: "The host cannot: they call it off. Nor can who is in the call: they leave it.",
      gone: OVER,
    },
  },
  "POST /v1/sessions/{id}/cancel": {
    id: "cancelSession",
    area: "Sessions",
    summary: "Call it off",
    description:
      "By the host, before it begins. With `FOLLOWING`, also those after it in its series that have not begun. Without a body: " +
      "this one.",
    caller: "user",
    path: ofSession,
    body: cancelSessionRequest,
    examples: { one: { summary: "This one", body: { scope: "THIS" }, status: 200 } },
    answers: {
      200: {
        description: "The session as it is now.",
        schema: sessionAnswer,
        example: { ...session, status: "CANCELLED", endReason: "CANCELLED", rev: 2 },
      },
    },
    refusals: { forbidden: HOST_ONLY, conflict: "It has begun: end it in the call.", gone: "It is over." },
  },
  "POST /v1/sessions/{id}/rating": {
    id: "rateSession",
    area: "Sessions",
    summary: "Say how it was",
    description: "By whoever was in the call, once, when it is over. Nobody else is shown it.",
    caller: "user",
    path: ofSession,
    body: rateSessionRequest,
    examples: { great: { summary: "Five", body: { rating: 5, feedback: "Great!" }, status: 200 } },
    answers: { 200: { description: "The session, with one's own rating.", schema: sessionAnswer, example: attended } },
    refusals: {
      forbidden: "The caller was not in the call.",
      conflict: "It is not over, or was rated otherwise before.",
    },
  },
  "GET /v1/sessions/{id}/calendar.ics": {
    id: "getSessionCalendar",
    area: "Sessions",
    summary: "Get a session for a calendar",
    description:
      "One event (RFC 5545, `text/calendar`), the same whenever it is fetched: a calendar that has it already moves it. Of a " +
      "session that was called off it is a `CANCEL`.",
    caller: "user",
    path: ofSession,
    answers: { 200: { description: "The event.", isFile: true } },
    refusals: { forbidden: NOT_YOURS },
  },
  "POST /v1/me/calendar-feed": {
    id: "makeCalendarFeed",
    area: "Sessions",
    summary: "Make one's calendar feed",
    description: "An address for calendar programs, with all of one's sessions. The address of before is good no more.",
    caller: "user",
    answers: {
      201: {
        description: "It is shown this once.",
        schema: calendarFeed,
        example: { url: `https://studymate.example/v1/calendars/${SAMPLE.calendarFile}` },
      },
    },
    refusals: {},
  },
  "DELETE /v1/me/calendar-feed": {
    id: "endCalendarFeed",
    area: "Sessions",
    summary: "End one's calendar feed",
    description: "Its address is good no more.",
    caller: "user",
    answers: { 204: { description: "There is none." } },
    refusals: {},
  },
  "GET /v1/calendars/{file}": {
    id: "getCalendar",
    area: "Sessions",
    summary: "Read a calendar feed",
    description:
      "What a calendar program asks for: the address is all it needs. The sessions of the last 60 days and those to come that " +
      "were not declined; those that were called off are marked so.",
    caller: "anybody",
    path: { file: { description: "The secret of the feed, and `.ics`.", example: SAMPLE.calendarFile } },
    answers: { 200: { description: "The calendar.", isFile: true } },
    refusals: {
      not_found: LOST,
      rate_limited: TOO_OFTEN,
    },
  },
  "GET /v1/ice-servers": {
    id: "getIceServers",
    area: "Sessions",
    summary: "Get servers for calls",
    description:
      "For `RTCPeerConnection`: STUN, and where it is set up a relay, with credentials for a few hours. `welcome` of a " +
      "session's socket has them as well.",
    caller: "user",
    answers: {
      200: {
        description: "The servers.",
        schema: iceServersAnswer,
        example: { iceServers: [{ urls: ["stun:stun.cloudflare.com:3478"] }], expiresAt: null },
      },
    },
    refusals: { rate_limited: TOO_OFTEN },
  },
  "GET /v1/sessions/{id}/socket": {
    id: "openSessionSocket",
    area: "Sockets",
    summary: "Open a session's socket",
    description:
      "A WebSocket upgrade, as for a room's: from ten minutes before the start until it is over. What goes over it is in the " +
      "AsyncAPI document.",
    caller: "socket",
    path: ofSession,
    answers: { 101: { description: "The socket is open. Its first frame is `welcome`." } },
    refusals: {
      forbidden: "The `Origin` is not on the allow list, the caller is not confirmed, or it is too early.",
      not_found: "There is no such session, or it is over.",
      upgrade_required: "The request is not an upgrade.",
      rate_limited: "Too many sockets were asked for. Wait for `Retry-After` seconds.",
      unavailable: "The session is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
} as const satisfies Record<string, Operation>;
