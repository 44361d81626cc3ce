/** The OpenAPI 3.1 document of the HTTP API, out of the operations and the zod schemas that they name. */
import type { z } from "zod";
import * as auth from "../../../schema/api/auth.ts";
import { BOOKMARK_HEADER } from "../../../schema/api/bookmark.ts";
import * as flush from "../../../schema/api/flush.ts";
import * as health from "../../../schema/api/health.ts";
import * as jobs from "../../../schema/api/jobs.ts";
import * as matching from "../../../schema/api/matching.ts";
import * as media from "../../../schema/api/media.ts";
import * as notificationBodies from "../../../schema/api/notifications.ts";
import * as onboarding from "../../../schema/api/onboarding.ts";
import * as people from "../../../schema/api/people.ts";
import { PROBLEM_STATUS, type ProblemCode, problem, problemTitle } from "../../../schema/api/problem.ts";
import * as push from "../../../schema/api/push.ts";
import * as rooms from "../../../schema/api/rooms.ts";
import * as safety from "../../../schema/api/safety.ts";
import * as search from "../../../schema/api/search.ts";
import * as sessions from "../../../schema/api/sessions.ts";
import { notification, notificationSettings } from "../../../schema/notifications.ts";
import { correction, message, participant, reaction } from "../../../schema/protocol/room/entities.ts";
import { iceServer } from "../../../schema/protocol/session/entities.ts";
import { languageSeconds, sessionParticipant } from "../../../schema/sessions.ts";
import { jsonValue } from "../../../schema/values.ts";
import { type Components, type JsonSchema, referenceTo, toComponents, toJsonSchema } from "../json-schema.ts";
import { type Operation, refusalsOf, type Success } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";

/** What clients read. */
const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  Message: message,
  Reaction: reaction,
  Correction: correction,
  Participant: participant,
  Room: rooms.roomAnswer,
  RoomListItem: rooms.roomListItem,
  RoomList: rooms.roomList,
  ParticipantList: rooms.participantList,
  MessagePage: rooms.historyAnswer,
  Session: sessions.sessionAnswer,
  CreatedSession: sessions.createSessionAnswer,
  SessionList: sessions.sessionList,
  SessionParticipant: sessionParticipant,
  LanguageSeconds: languageSeconds,
  IceServer: iceServer,
  IceServers: sessions.iceServersAnswer,
  CalendarFeed: sessions.calendarFeed,
  Recording: sessions.sessionRecording,
  RecordingList: sessions.recordingList,
  CreatedRecording: sessions.createRecordingAnswer,
  RecordingPart: sessions.recordingPart,
  RecordingUpload: sessions.recordingUpload,
  SearchHit: search.searchHit,
  SearchPage: search.searchAnswer,
  MediaFile: media.mediaAnswer,
  LargeUpload: media.presignAnswer,
  ShownAvatar: media.avatarAnswer,
  Tokens: auth.tokenAnswer,
  SignedInUser: auth.sessionUser,
  SignInChoices: auth.signInChoices,
  Newcomer: auth.newcomerAnswer,
  Device: auth.device,
  DeviceList: auth.deviceList,
  Me: people.meAnswer,
  PublicProfile: people.publicProfile,
  PersonLanguage: people.personLanguage,
  Languages: people.languagesAnswer,
  Interests: people.interestsAnswer,
  Onboarding: onboarding.onboardingAnswer,
  MatchingPreferences: matching.matchingPreferences,
  BlockedPerson: safety.blockedPerson,
  BlockList: safety.blockList,
  ReportReceipt: safety.reportReceipt,
  Report: safety.report,
  ReportedMessage: safety.reportedMessage,
  Evidence: safety.evidence,
  ReportList: safety.reportList,
  Ban: safety.banAnswer,
  Notification: notification,
  NotificationList: notificationBodies.notificationList,
  UnreadNotifications: notificationBodies.readNotificationsAnswer,
  NotificationSettings: notificationSettings,
  PushKey: push.pushKey,
  PushSubscription: push.pushSubscription,
  Problem: problem,
  ParkedRow: flush.parkedRow,
  ParkedRowList: flush.parkedList,
  FlushReport: flush.flushReport,
  FlushReportList: flush.flushReportList,
  FlushState: flush.flushState,
  FlushStateList: flush.flushStateList,
  LaggingRoom: flush.laggingRoom,
  LaggingRoomList: flush.laggingRoomList,
  UnflushedObject: flush.unflushedObject,
  FlushOfAll: flush.flushAllAnswer,
  RenewedEpoch: flush.epochAnswer,
  Job: jobs.jobAnswer,
  JobList: jobs.jobList,
  Health: health.healthAnswer,
  Readiness: health.readyAnswer,
  JsonValue: jsonValue,
};

/** What clients write. */
const REQUESTS: Readonly<Record<string, z.ZodType>> = {
  DevLogin: auth.devLoginRequest,
  RefreshTokens: auth.refreshRequest,
  ExchangeCode: auth.exchangeRequest,
  SignUp: auth.signUpRequest,
  CreateRoom: rooms.createRoomRequest,
  UpdateRoom: rooms.updateRoomRequest,
  AddParticipants: rooms.addParticipantsRequest,
  UpdateParticipant: rooms.updateParticipantRequest,
  CreateSession: sessions.createSessionRequest,
  Recurrence: sessions.recurrence,
  UpdateSession: sessions.updateSessionRequest,
  InviteToSession: sessions.inviteRequest,
  CancelSession: sessions.cancelSessionRequest,
  RateSession: sessions.rateSessionRequest,
  CreateRecording: sessions.createRecordingRequest,
  CompleteRecording: sessions.completeRecordingRequest,
  PutMatchingPreferences: matching.putMatchingPreferencesRequest,
  NamesStep: onboarding.namesStep,
  ResidenceStep: onboarding.residenceStep,
  PictureStep: onboarding.pictureStep,
  IntroStep: onboarding.introStep,
  LanguagesStep: onboarding.languagesStep,
  WishesStep: onboarding.wishesStep,
  CreateReport: safety.createReportRequest,
  ResolveReport: safety.resolveReportRequest,
  ReadNotifications: notificationBodies.readNotificationsRequest,
  Subscribe: push.subscribeRequest,
  Unsubscribe: push.unsubscribeRequest,
  UpdateMe: people.updateMeRequest,
  BeginLargeUpload: media.presignRequest,
  ShowAvatar: media.avatarRequest,
  PutLanguages: people.putLanguagesRequest,
  PutInterests: people.putInterestsRequest,
};

const NAMES: ReadonlyMap<z.ZodType, string> = new Map(
  [ANSWERS, REQUESTS].flatMap((named) => Object.entries(named)).map(([name, schema]) => [schema, name]),
);

export function httpComponents(): Components {
  const target = "draft-2020-12";
  return {
    ...toComponents({ schemas: ANSWERS, side: "output", target }),
    ...toComponents({ schemas: REQUESTS, side: "input", target }),
  };
}

export function openApiDocument() {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [address, operation] of Object.entries(OPERATIONS)) {
    const [method = "", path = ""] = address.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: describeOperation(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "StudyMate over HTTP",
      version: "1",
      summary: "Rooms, learning sessions, people and history of a language exchange.",
      description:
        "Bodies are JSON. A thing that was created or fetched is the body itself. Ids are integers, times ISO 8601 in " +
        "UTC. Lists are `{ items, nextCursor }`, where `nextCursor` is null at the end. Every refusal is " +
        "`application/problem+json` with a stable `code`. Fields may be added at any time: ignore those you do not " +
        "know. What goes over the sockets is in the AsyncAPI document, `/v1/asyncapi.json`.\n\n" +
        "Access tokens come from signing in with a provider, `GET /v1/auth/{provider}/start`, and where development is " +
        "allowed from `POST /v1/auth/dev-login`. Who has one may ask 600 times in a minute.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "This server." }],
    tags: [...new Set(Object.values(OPERATIONS).map(({ area }) => area))].map((name) => ({ name })),
    paths,
    components: {
      schemas: httpComponents(),
      securitySchemes: {
        accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "An access token." },
        accessTokenAsSubprotocol: {
          type: "apiKey",
          in: "header",
          name: "Sec-WebSocket-Protocol",
          description: "`bearer.<access token>`, for browsers, which cannot set `Authorization` on a socket.",
        },
      },
      headers: {
        RequestId: { description: "The server's id of this request.", schema: { type: "string" }, required: true },
        Challenge: { description: "`Bearer`", schema: { type: "string" } },
        Upgrade: { description: "`websocket`", schema: { type: "string" } },
        RetryAfter: { description: "Seconds to wait before the next try.", schema: { type: "integer" } },
        Bookmark: {
          description: "The state of the database that was read. Missing where nothing of it was needed.",
          schema: { type: "string" },
        },
      },
    },
  };
}

const REQUEST_ID = { "x-request-id": { $ref: "#/components/headers/RequestId" } };
const BOOKMARK = { [BOOKMARK_HEADER]: { $ref: "#/components/headers/Bookmark" } };

function describeOperation(operation: Operation): JsonSchema {
  const { id, area, summary, description, caller, body, upload } = operation;
  const parameters = [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)];
  return {
    operationId: id,
    tags: [area],
    summary,
    description,
    security: SECURITY[caller],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { "application/json": requestContent(operation) } } }),
    ...(upload && {
      requestBody: { required: true, description: upload, content: { "application/octet-stream": {} } },
    }),
    responses: { ...successes(operation), ...problems(operation) },
  };
}

const SECURITY = {
  anybody: [],
  user: [{ accessToken: [] }],
  operator: [{ accessToken: [] }],
  socket: [{ accessToken: [] }, { accessTokenAsSubprotocol: [] }],
};

function pathParameters({ path = {} }: Operation): JsonSchema[] {
  return Object.entries(path).map(([name, { description, example }]) => {
    const schema = typeof example === "number" ? { type: "integer", minimum: 1 } : { type: "string" };
    return { name, in: "path", required: true, description, schema, example };
  });
}

function queryParameters({ query }: Operation): JsonSchema[] {
  if (!query) return [];
  // What a parameter means stands in what it is turned into, whether it may be left out in what is sent.
  const meant = toJsonSchema(query).properties as Record<string, JsonSchema>; // safe: a query is an object of parameters
  return Object.entries(meant).map(([name, { description, ...schema }]) => {
    const required = query.shape[name]?.safeParse(undefined).success === false;
    return { name, in: "query", required, ...(description !== undefined && { description }), schema };
  });
}

function headerParameters({ takesIdempotencyKey, carriesBookmark, caller }: Operation): JsonSchema[] {
  const idempotencyKey = {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description: "Sent again with the same body, it answers with what the first request made.",
    schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
    example: "2f1c9a5e-7a31-4f0e-9b39-6c0c0a5d8f11",
  };
  const subprotocols = {
    name: "Sec-WebSocket-Protocol",
    in: "header",
    required: false,
    description: "The encoding, and for browsers the token.",
    schema: { type: "string" },
    example: "studymate.v1.json",
  };
  const bookmark = {
    name: BOOKMARK_HEADER,
    in: "header",
    required: false,
    description:
      "The one of an earlier answer: this answer is no older, from whichever copy of the database it comes. A hint: " +
      "what is no bookmark is ignored.",
    schema: { type: "string" },
    example: "00000001-00000018-00004f2a-3f1c9a5e7a314f0e9b396c0c0a5d8f11",
  };
  return [
    ...(takesIdempotencyKey ? [idempotencyKey] : []),
    ...(carriesBookmark ? [bookmark] : []),
    ...(caller === "socket" ? [subprotocols] : []),
  ];
}

function requestContent({ body, examples = {} }: Operation): JsonSchema {
  return {
    schema: schemaOf(body),
    examples: Object.fromEntries(
      Object.entries(examples).map(([name, { summary, body: value }]) => [name, { summary, value }]),
    ),
  };
}

/** By name where it has one. */
export function schemaOf(schema: z.ZodType | undefined): JsonSchema {
  if (!schema) return {};
  const name = NAMES.get(schema);
  if (name !== undefined) return { $ref: referenceTo(name) };
  const options = "options" in schema && Array.isArray(schema.options) ? schema.options : [];
  if (options.length === 0) throw new Error("a body's schema needs a name: add it to ANSWERS or REQUESTS");
  return { anyOf: options.map(schemaOf) };
}

function successes({ answers, carriesBookmark }: Operation): Record<string, JsonSchema> {
  const headers = { ...REQUEST_ID, ...(carriesBookmark && BOOKMARK) };
  // A 101 is handed on as the object gave it, without headers of ours.
  const describe = ([status, answer]: [string, Success]) => [
    status,
    success(answer, status === "101" ? null : headers),
  ];
  return Object.fromEntries(Object.entries(answers).map(describe));
}

function success({ description, schema, example, isFile }: Success, headers: JsonSchema | null): JsonSchema {
  return {
    description,
    ...(headers && { headers }),
    ...(schema && { content: { "application/json": { schema: schemaOf(schema), example } } }),
    ...(isFile && { content: { "*/*": {} } }),
  };
}

function problems(operation: Operation): Record<string, JsonSchema> {
  const byStatus = Map.groupBy(refusalsOf(operation), ([code]) => PROBLEM_STATUS[code]);
  return Object.fromEntries([...byStatus].map(([status, refusals]) => [String(status), problemAnswer(refusals)]));
}

/** Headers of a refusal beside its request id. */
const HEADERS: Readonly<Partial<Record<ProblemCode, JsonSchema>>> = {
  unauthorized: { "WWW-Authenticate": { $ref: "#/components/headers/Challenge" } },
  upgrade_required: { Upgrade: { $ref: "#/components/headers/Upgrade" } },
  rate_limited: { "Retry-After": { $ref: "#/components/headers/RetryAfter" } },
  unavailable: { "Retry-After": { $ref: "#/components/headers/RetryAfter" } },
};

function problemAnswer(refusals: readonly [code: ProblemCode, when: string][]): JsonSchema {
  return {
    description: refusals.map(([code, when]) => `\`${code}\`: ${when}`).join("\n\n"),
    headers: Object.assign({}, REQUEST_ID, ...refusals.map(([code]) => HEADERS[code])),
    content: {
      "application/problem+json": {
        schema: { $ref: referenceTo("Problem") },
        examples: Object.fromEntries(refusals.map(([code]) => [code, { value: problemExample(code) }])),
      },
    },
  };
}

function problemExample(code: ProblemCode) {
  const title = problemTitle(code);
  return {
    type: "about:blank",
    title,
    status: PROBLEM_STATUS[code],
    code,
    requestId: "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9",
  };
}
