/** What a person's own socket tells of: who is there, and how their rooms stand. */
import { z } from "zod";
import { lastMessageId, messageType, roomId, timestamp, userId } from "../../values.ts";

export const chosenStatus = z.enum(["online", "away", "busy"]).describe("What one shows while one is there.");
export const presenceStatus = z.enum(["online", "away", "busy", "offline"]);

export const partnerPresence = z
  .object({
    userId,
    status: presenceStatus.describe(
      "Always `offline` of who is no partner, or where there is a block between the two.",
    ),
    lastSeen: timestamp.nullable().describe("When their last socket ended; null while they are there, or not known."),
  })
  .describe("Whether somebody is there.");

export const inboxEntry = z
  .object({
    roomId,
    lastMessageId: lastMessageId.describe("The room's last message; 0 in an empty room."),
    lastReadMessageId: lastMessageId,
    unread: z.int().min(0).max(100).describe("Others' messages past the marker, deleted ones left out; 100: or more."),
    lastMessage: z
      .object({
        senderId: userId,
        messageType,
        isDeleted: z.boolean(),
        preview: z.string().nullable().describe("How it begins; null without words, deleted, or of the blocked."),
        createdAt: timestamp,
      })
      .nullable(),
  })
  .describe("How one of one's rooms stands.");

export type ChosenStatus = z.infer<typeof chosenStatus>;
export type PresenceStatus = z.infer<typeof presenceStatus>;
export type PartnerPresence = z.infer<typeof partnerPresence>;
export type InboxEntry = z.infer<typeof inboxEntry>;
