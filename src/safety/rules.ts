/** What of a message is frozen with a report, and what an operator's decision makes of one. Pure. */
import type { CreateReportRequest, Evidence, Report, ResolveReportRequest } from "../../schema/api/safety.ts";
import type { NotificationRequest } from "../../schema/notifications.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";

/** What was said, in the order of the room; what others made of it (reactions, corrections) is left out. */
export function frozen(messages: readonly Message[]): Evidence["messages"] {
  return messages
    .toSorted((a, b) => a.id - b.id)
    .map(
      ({ id, senderId, messageType, content, fileUrl, fileMetadata, replyToId, isEdited, isDeleted, createdAt }) => ({
        ...{ id, senderId, messageType, content, fileUrl, fileMetadata, replyToId, isEdited, isDeleted, createdAt },
      }),
    );
}

/** Where the messages that the room does not have stand in what was sent. */
export function missingMessages(
  asked: readonly number[],
  found: readonly Message[],
): { path: string; message: string }[] {
  const known = new Set(found.map(({ id }) => id));
  return asked.flatMap((id, index) =>
    known.has(id) ? [] : [{ path: `messageIds.${index}`, message: "there is no such message in this room" }],
  );
}

/** The same text for every body that reports the same. */
export function canonicalReport({ reportedUserId, reason, details, roomId, messageIds }: CreateReportRequest): string {
  return JSON.stringify([
    reportedUserId,
    reason,
    details ?? null,
    roomId ?? null,
    [...new Set(messageIds)].sort((a, b) => a - b),
  ]);
}

export function statusAfter(action: ResolveReportRequest["action"]): Exclude<Report["status"], "OPEN"> {
  return action === "dismiss" ? "DISMISSED" : "RESOLVED";
}

/** What its maker is told once it is decided. */
export function decisionTold(reportId: number, outcome: Exclude<Report["status"], "OPEN">): NotificationRequest {
  return { type: "SAFETY", cause: `report:${reportId}`, data: { reportId, outcome } };
}
