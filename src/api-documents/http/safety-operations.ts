/** Blocks and reports, and what operators do about them. */
import { pageQuery } from "../../../schema/api/rooms.ts";
import {
  banAnswer,
  blockList,
  createReportRequest,
  type Report,
  type ReportReceipt,
  report,
  reportList,
  reportQuery,
  reportReceipt,
  resolveReportRequest,
} from "../../../schema/api/safety.ts";
import { messages, SAMPLE } from "../sample.ts";
import type { Operation } from "./operation.ts";

const other = { userId: { description: "The other person.", example: SAMPLE.daniel } };
const aReport = { id: { description: "The report.", example: SAMPLE.report } };
const aPerson = { id: { description: "The person.", example: SAMPLE.daniel } };

const receipt: ReportReceipt = {
  id: SAMPLE.report,
  reportedUserId: SAMPLE.daniel,
  reason: "SPAM",
  status: "OPEN",
  createdAt: "2026-11-22T09:31:02.000Z",
};

const { id, senderId, messageType, content, fileUrl, fileMetadata, replyToId } = messages.daniels;
const { isEdited, isDeleted, createdAt } = messages.daniels;

const openReport: Report = {
  ...receipt,
  reporterId: SAMPLE.minji,
  details: "The same advertisement every day.",
  evidence: {
    profile: { englishName: "Daniel", koreanName: null, profileImageUrl: null, intro: null },
    roomId: SAMPLE.room,
    messages: [
      {
        ...{ id, senderId, messageType, content, fileUrl, fileMetadata, replyToId },
        ...{ isEdited, isDeleted, createdAt },
      },
    ],
  },
  resolution: null,
  resolvedById: null,
  resolvedAt: null,
};

const banned = { userId: SAMPLE.daniel, isBanned: true, bannedAt: "2026-11-22T09:40:00.000Z" };

export const SAFETY_OPERATIONS = {
  "GET /v1/me/blocks": {
    id: "listBlocks",
    area: "Safety",
    summary: "List whom one has blocked",
    description: "Those whom the caller has blocked; who blocked the caller is nowhere to be seen.",
    caller: "user",
    query: pageQuery,
    answers: { 200: { description: "One page of them.", schema: blockList, example: { items: [], nextCursor: null } } },
    refusals: { invalid_frame: "The cursor is not one of this list, or the limit is not between 1 and 100." },
  },
  "PUT /v1/me/blocks/{userId}": {
    id: "blockUser",
    area: "Safety",
    summary: "Block somebody",
    description:
      "It holds both ways: in their DIRECT room neither can write any more (`forbidden`), in a GROUP neither sees the " +
      "other typing or online, and what one said is in no preview and no search of the other's.",
    caller: "user",
    path: other,
    answers: { 204: { description: "They are blocked." } },
    refusals: {
      not_found: "There is no such person, or it is oneself.",
      conflict: "The caller has blocked 1,000 people.",
    },
  },
  "DELETE /v1/me/blocks/{userId}": {
    id: "unblockUser",
    area: "Safety",
    summary: "Take a block back",
    description: "What the other one has blocked stays blocked.",
    caller: "user",
    path: other,
    answers: { 204: { description: "They are not blocked, or never were." } },
    refusals: {},
  },
  "POST /v1/reports": {
    id: "reportUser",
    area: "Safety",
    summary: "Report somebody",
    description:
      "The profile and the messages named are kept with it as they are now, whatever becomes of them. Operators decide.",
    caller: "user",
    takesIdempotencyKey: true,
    body: createReportRequest,
    examples: {
      spam: {
        summary: "Minji reports what Daniel wrote",
        body: {
          reportedUserId: SAMPLE.daniel,
          reason: "SPAM",
          details: "The same advertisement every day.",
          roomId: SAMPLE.room,
          messageIds: [messages.daniels.id],
        },
        status: 201,
      },
    },
    answers: {
      200: { description: "It was made by this `Idempotency-Key` before.", schema: reportReceipt, example: receipt },
      201: { description: "It was made.", schema: reportReceipt, example: receipt },
    },
    refusals: {
      invalid_frame: "The body does not fit, the person or a message is not there, or the key is not visible ASCII.",
      forbidden: "The caller is not a participant of the room.",
      not_found: "There is no such room.",
      conflict: "This `Idempotency-Key` was used for another report.",
      rate_limited: "Too many in a minute. Wait for `Retry-After` seconds.",
      unavailable: "The room is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
  "GET /v1/admin/reports": {
    id: "listReports",
    area: "Operators",
    summary: "List reports",
    description: "Those of one status, open ones unless another is asked for; the oldest first.",
    caller: "operator",
    query: reportQuery,
    answers: {
      200: { description: "One page of them.", schema: reportList, example: { items: [openReport], nextCursor: null } },
    },
    refusals: { invalid_frame: "The cursor is not one of this list, or another part of the query does not fit." },
  },
  "POST /v1/admin/reports/{id}/resolve": {
    id: "resolveReport",
    area: "Operators",
    summary: "Decide on a report",
    description: "`ban` bans the reported person with it.",
    caller: "operator",
    path: aReport,
    body: resolveReportRequest,
    examples: {
      warned: { summary: "Daniel was written to", body: { resolution: "Warned.", action: "none" }, status: 200 },
      banned: { summary: "Daniel is banned", body: { resolution: "Third time.", action: "ban" }, status: 200 },
    },
    answers: {
      200: {
        description: "The report, resolved.",
        schema: report,
        example: {
          ...openReport,
          status: "RESOLVED",
          resolution: "Warned.",
          resolvedById: SAMPLE.minji,
          resolvedAt: "2026-11-22T09:40:00.000Z",
        },
      },
    },
    refusals: { conflict: "It is resolved already, or one would ban oneself." },
  },
  "POST /v1/admin/users/{id}/ban": {
    id: "banUser",
    area: "Operators",
    summary: "Ban somebody",
    description: "All their devices and sockets end, and they cannot sign in.",
    caller: "operator",
    path: aPerson,
    answers: { 200: { description: "They are banned.", schema: banAnswer, example: banned } },
    refusals: { not_found: "There is no such person, or not any more.", conflict: "It is oneself." },
  },
  "POST /v1/admin/users/{id}/unban": {
    id: "unbanUser",
    area: "Operators",
    summary: "Take a ban back",
    description: "They may sign in again.",
    caller: "operator",
    path: aPerson,
    answers: {
      200: {
        description: "They are not banned.",
        schema: banAnswer,
        example: { userId: SAMPLE.daniel, isBanned: false, bannedAt: null },
      },
    },
    refusals: { not_found: "There is no such person, or not any more." },
  },
} as const satisfies Record<string, Operation>;
