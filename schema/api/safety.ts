/** Bodies of `/v1/me/blocks*`, `/v1/reports` and what operators do about them. */
import { z } from "zod";
import { LIMITS } from "../protocol/limits.ts";
import { message } from "../protocol/room/entities.ts";
import { boundedText, messageId, roomId, timestamp, userId } from "../values.ts";
import { digits } from "./rooms.ts";

export const SAFETY_LIMITS = {
  blocksPerUser: 1_000,
  openReportsPerUser: 50,
  reportedMessages: 50,
  reportCharacters: 2_000,
  resolutionCharacters: 1_000,
} as const;

export const blockedPerson = z.object({
  userId,
  englishName: z.string(),
  profileImageUrl: z.string().nullable(),
  createdAt: timestamp.describe("Since when."),
});
export type BlockedPerson = z.infer<typeof blockedPerson>;
export const blockList = z.object({ items: z.array(blockedPerson), nextCursor: z.string().nullable() });

export const reportReason = z.enum(["SPAM", "HARASSMENT", "INAPPROPRIATE", "UNDERAGE", "IMPERSONATION", "OTHER"]);
export const reportStatus = z.enum(["OPEN", "RESOLVED", "DISMISSED"]);

export const createReportRequest = z
  .object({
    reportedUserId: userId,
    reason: reportReason,
    details: boundedText(SAFETY_LIMITS.reportCharacters).nullish(),
    roomId: roomId.optional().describe("Where it happened. The caller takes part in it."),
    messageIds: z
      .array(messageId)
      .max(SAFETY_LIMITS.reportedMessages)
      .optional()
      .describe("Of that room: they are kept with the report as they are now."),
  })
  .refine(({ roomId: room, messageIds }) => room !== undefined || !messageIds?.length, {
    message: "must be given with messageIds",
    path: ["roomId"],
  });
export type CreateReportRequest = z.infer<typeof createReportRequest>;

/** What its maker gets to see of it. */
export const reportReceipt = z.object({
  id: z.int(),
  reportedUserId: userId,
  reason: reportReason,
  status: reportStatus,
  createdAt: timestamp,
});
export type ReportReceipt = z.infer<typeof reportReceipt>;

export const reportedMessage = message.pick({
  id: true,
  senderId: true,
  messageType: true,
  content: true,
  fileUrl: true,
  fileMetadata: true,
  replyToId: true,
  isEdited: true,
  isDeleted: true,
  createdAt: true,
});

export const evidence = z
  .object({
    profile: z.object({
      englishName: z.string(),
      koreanName: z.string().nullable(),
      profileImageUrl: z.string().nullable(),
      intro: z.string().nullable(),
    }),
    roomId: z.int().nullable(),
    messages: z.array(reportedMessage),
  })
  .describe("As it was when it was reported, whatever became of it since.");
export type Evidence = z.infer<typeof evidence>;

export const report = reportReceipt.extend({
  reporterId: userId.nullable(),
  details: z.string().nullable(),
  evidence: evidence.nullable().describe("Null once the reported person has deleted their account."),
  resolution: z.string().nullable(),
  resolvedById: userId.nullable(),
  resolvedAt: timestamp.nullable(),
});
export type Report = z.infer<typeof report>;
export const reportList = z.object({ items: z.array(report), nextCursor: z.string().nullable() });

export const reportQuery = z.object({
  status: reportStatus.default("OPEN"),
  cursor: z.string().max(200).optional().describe("The `nextCursor` of the page before."),
  limit: digits.pipe(z.int().min(1).max(LIMITS.pageSize)).default(50),
});

export const resolveReportRequest = z
  .object({
    resolution: boundedText(SAFETY_LIMITS.resolutionCharacters).describe("What was found, for other operators."),
    action: z
      .enum(["none", "dismiss", "ban"])
      .describe("`ban` bans the reported person; `dismiss`: nothing was wrong."),
  })
  .describe("What came of it.");
export type ResolveReportRequest = z.infer<typeof resolveReportRequest>;

export const banAnswer = z.object({ userId, isBanned: z.boolean(), bannedAt: timestamp.nullable() });
export type BanAnswer = z.infer<typeof banAnswer>;
