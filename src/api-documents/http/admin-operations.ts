/** What operators (`users.role = 'ADMIN'`) may see and do, and health. */
import {
  epochAnswer,
  flushAllAnswer,
  flushReportList,
  flushStateList,
  laggingRoomList,
  parkedList,
} from "../../../schema/api/flush.ts";
import { healthAnswer, readyAnswer } from "../../../schema/api/health.ts";
import { pageQuery } from "../../../schema/api/rooms.ts";
import { SAMPLE } from "../sample.ts";
import type { Operation } from "./operation.ts";

const path = { id: { description: "The room.", example: SAMPLE.room } };
const ofSession = { id: { description: "The session.", example: SAMPLE.session } };
const ofUser = { id: { description: "The person.", example: SAMPLE.minji } };

export const ADMIN_OPERATIONS = {
  "GET /v1/admin/flush/parked": {
    id: "listParkedRows",
    area: "Operators",
    summary: "List parked rows",
    description: "Rows that a database refused, with the reason. They are tried again with the next flush by hand.",
    caller: "operator",
    query: pageQuery,
    answers: {
      200: {
        description: "One page of them.",
        schema: parkedList,
        example: {
          items: [
            {
              object: `chat-room:${SAMPLE.room}`,
              tableName: "chat_messages",
              rowKey: "2",
              epoch: SAMPLE.epoch,
              rev: 0,
              reason: "FOREIGN KEY constraint failed",
              parkedAt: "2026-11-22T09:31:02.000Z",
            },
          ],
          nextCursor: null,
          total: 1,
        },
      },
    },
    refusals: { invalid_frame: "The cursor is not one of this list, or the limit is not between 1 and 100." },
  },
  "GET /v1/admin/flush": {
    id: "listLaggingRooms",
    area: "Operators",
    summary: "List rooms of which the search index lacks messages",
    description:
      "Compares how many messages the two databases hold, a page of rooms at a time. No room is asked: earlier messages that were " +
      "changed are seen in `GET /v1/admin/rooms/{id}/flush` alone.",
    caller: "operator",
    query: pageQuery,
    answers: {
      200: {
        description: "Those of the page that are behind.",
        schema: laggingRoomList,
        example: { rooms: 50, items: [], nextCursor: null },
      },
    },
    refusals: {
      invalid_frame: "The cursor is not one of this list, or the limit is not between 1 and 100.",
      not_found: "The service runs without search.",
    },
  },
  "POST /v1/admin/flush": {
    id: "flushAll",
    area: "Operators",
    summary: "Flush everything",
    description:
      "A page of objects at a time, for after D1 was restored: rooms, then sessions, then people's notifications. Go on with `cursor` until it is null.",
    caller: "operator",
    query: pageQuery,
    answers: {
      200: {
        description: "What is left to do.",
        schema: flushAllAnswer,
        example: { objects: 1, rooms: 1, items: [], nextCursor: "WzEsMF0" },
      },
    },
    refusals: { invalid_frame: "The cursor is not one of this list, or the limit is not between 1 and 100." },
  },
  "GET /v1/admin/rooms/{id}/flush": {
    id: "getFlushStates",
    area: "Operators",
    summary: "See how far a room's databases are behind",
    description: "Asks the room itself, and writes nothing.",
    caller: "operator",
    path,
    answers: {
      200: {
        description: "Each database, and what waits for it.",
        schema: flushStateList,
        example: {
          items: [
            {
              destination: "main",
              isReachable: true,
              isHeld: false,
              complete: false,
              position: { epoch: SAMPLE.epoch, messageId: 12, rev: 3 },
              messagesWaiting: 1,
              changesWaiting: 0,
              waitingSince: "2026-11-22T09:31:02.000Z",
            },
          ],
          nextCursor: null,
        },
      },
    },
    refusals: {},
  },
  "POST /v1/admin/rooms/{id}/flush": {
    id: "flushRoom",
    area: "Operators",
    summary: "Flush a room now",
    description: "Writes what the room has and its databases lack, and tries its parked rows again.",
    caller: "operator",
    path,
    answers: {
      200: {
        description: "Where each database stands.",
        schema: flushReportList,
        example: { items: [{ destination: "main", complete: true, rowsSent: 5, parked: 0 }], nextCursor: null },
      },
    },
    refusals: {},
  },
  "POST /v1/admin/rooms/{id}/epoch": {
    id: "renewEpoch",
    area: "Operators",
    summary: "Renew a room's epoch",
    description: "For after its storage was restored: clients start over, and databases drop what is beyond it.",
    caller: "operator",
    path,
    answers: { 200: { description: "It has a new epoch.", schema: epochAnswer, example: { epoch: SAMPLE.epoch } } },
    refusals: {},
  },
  "GET /v1/admin/sessions/{id}/flush": {
    id: "getSessionFlushStates",
    area: "Operators",
    summary: "See how far the database is behind a session",
    description: "Asks the session itself, and writes nothing.",
    caller: "operator",
    path: ofSession,
    answers: {
      200: {
        description: "The database, and what waits for it.",
        schema: flushStateList,
        example: {
          items: [
            {
              destination: "main",
              isReachable: true,
              isHeld: false,
              complete: true,
              position: { epoch: SAMPLE.epoch, messageId: 0, rev: 4 },
              messagesWaiting: 0,
              changesWaiting: 0,
              waitingSince: null,
            },
          ],
          nextCursor: null,
        },
      },
    },
    refusals: {},
  },
  "POST /v1/admin/sessions/{id}/flush": {
    id: "flushSession",
    area: "Operators",
    summary: "Flush a session now",
    description: "Writes what the session has and the database lacks, and tries its parked rows again.",
    caller: "operator",
    path: ofSession,
    answers: {
      200: {
        description: "Where the database stands.",
        schema: flushReportList,
        example: { items: [{ destination: "main", complete: true, rowsSent: 3, parked: 0 }], nextCursor: null },
      },
    },
    refusals: {},
  },
  "POST /v1/admin/sessions/{id}/epoch": {
    id: "renewSessionEpoch",
    area: "Operators",
    summary: "Renew a session's epoch",
    description: "For after its storage was restored: clients start over, and the database drops what is beyond it.",
    caller: "operator",
    path: ofSession,
    answers: { 200: { description: "It has a new epoch.", schema: epochAnswer, example: { epoch: SAMPLE.epoch } } },
    refusals: {},
  },
  "POST /v1/admin/users/{id}/flush": {
    id: "flushUser",
    area: "Operators",
    summary: "Flush somebody's notifications now",
    description: "Writes what their object has and the database lacks, and tries its parked rows again.",
    caller: "operator",
    path: ofUser,
    answers: {
      200: {
        description: "Where the database stands.",
        schema: flushReportList,
        example: { items: [{ destination: "main", complete: true, rowsSent: 1, parked: 0 }], nextCursor: null },
      },
    },
    refusals: { not_found: "They were never told of anything." },
  },
  "POST /v1/admin/users/{id}/epoch": {
    id: "renewUserEpoch",
    area: "Operators",
    summary: "Renew the epoch of somebody's notifications",
    description: "For after the storage of their object was restored: the database drops what is beyond it.",
    caller: "operator",
    path: ofUser,
    answers: { 200: { description: "It has a new epoch.", schema: epochAnswer, example: { epoch: SAMPLE.epoch } } },
    refusals: { not_found: "They were never told of anything." },
  },
  "GET /healthz": {
    id: "getHealth",
    area: "Health",
    summary: "Does the process answer?",
    description: "Asks nothing else.",
    caller: "anybody",
    answers: { 200: { description: "It does.", schema: healthAnswer, example: { status: "ok" } } },
    refusals: {},
  },
  "GET /readyz": {
    id: "getReadiness",
    area: "Health",
    summary: "Does everything behind it answer?",
    description:
      "Asks D1, KV, R2 and an object, and whether the signing secrets are long enough. The search index may be away: `degraded`.",
    caller: "anybody",
    answers: {
      200: { description: "All of them do.", schema: readyAnswer, example: { status: "ready", degraded: [] } },
    },
    refusals: { unavailable: "`errors` names what does not answer. Wait for `Retry-After` seconds." },
  },
} as const satisfies Record<string, Operation>;
