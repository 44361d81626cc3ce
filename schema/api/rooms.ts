/** Bodies of `/v1/rooms*`. */
import { z } from "zod";
import { LIMITS } from "../protocol/limits.ts";
import { message, participant, room } from "../protocol/room/entities.ts";
import {
  boundedText,
  filledText,
  lastMessageId,
  messageId,
  participantRole,
  roomType,
  timestamp,
  userId,
} from "../values.ts";

const name = filledText(LIMITS.nameCharacters).nullish().describe("What a GROUP is called; a DIRECT room has no name.");
const description = boundedText(LIMITS.descriptionCharacters).nullish();

export const createRoomRequest = z.object({
  roomType,
  name,
  description,
  participantIds: z
    .array(userId)
    .max(LIMITS.participantsPerGroup)
    .describe(
      "The caller takes part, as ADMIN, without being listed. A DIRECT room has exactly one other participant.",
    ),
});
export type CreateRoomRequest = z.infer<typeof createRoomRequest>;

export const updateRoomRequest = z.object({ name, description });

export const addParticipantsRequest = z
  .object({
    participantIds: z.array(userId).min(1).max(LIMITS.participantsPerGroup).optional(),
    userId: userId.optional(),
  })
  .refine((body) => (body.participantIds === undefined) !== (body.userId === undefined), {
    message: "either participantIds or userId",
    path: ["participantIds"],
  })
  .describe("Either a list, answered with a list, or one user, answered with that participant.");

export const updateParticipantRequest = z.object({ role: participantRole });

export const roomAnswer = room
  .extend({ participants: z.array(participant) })
  .describe("A conversation, DIRECT (one per pair) or GROUP, with everybody who is or was in it.");
export type RoomAnswer = z.infer<typeof roomAnswer>;

export const roomListItem = room
  .extend({
    lastMessageAt: timestamp.nullable(),
    lastMessage: message
      .pick({ id: true, senderId: true, messageType: true, content: true, isDeleted: true, createdAt: true })
      .nullable(),
    lastReadMessageId: lastMessageId,
    unread: z.int().min(0),
    participants: z
      .array(z.object({ userId, name: z.string(), imageUrl: z.string().nullable() }))
      .describe("The first few, the caller left out: enough to name a room that has no name."),
  })
  .describe("A room of the caller's, as the database knows it: a few seconds behind the room itself.");
export type RoomListItem = z.infer<typeof roomListItem>;

export const roomList = z.object({ items: z.array(roomListItem), nextCursor: z.string().nullable() });

export const participantList = z.object({ items: z.array(participant), nextCursor: z.null() });

/** A number of a query string; `z.coerce` would read an empty one as 0. */
export const digits = z
  .string()
  .regex(/^\d{1,16}$/, "must be a number")
  .transform(Number);

/** In a query string, the `+` of an offset that was not escaped arrives as a space. */
export const dateOrTime = z
  .string()
  .overwrite((text) => text.replace(" ", "+"))
  .pipe(z.union([z.iso.date(), z.iso.datetime({ offset: true })], "must be a date, or a time with its offset"));

/** Query of `GET /v1/rooms/{id}/messages`: newest first, or oldest first with `after`. */
export const historyQuery = z
  .object({
    before: digits.pipe(messageId).optional().describe("Messages below this number, newest first."),
    after: digits.pipe(lastMessageId).optional().describe("Messages above this number, oldest first."),
    around: z
      .union([digits.pipe(messageId), dateOrTime], "must be a message number, a date, or a time with its offset")
      .optional()
      .describe(
        "A message and those on both sides of it, newest first: the one of this number, or the first one at or after " +
          "this time (ISO 8601). A date begins at midnight, UTC. Past the newest message, it is the newest page.",
      ),
    limit: digits.pipe(z.int().min(1).max(LIMITS.pageSize)).default(50),
  })
  .refine(
    ({ before, after, around }) => [before, after, around].filter((place) => place !== undefined).length <= 1,
    "only one of before, after and around",
  );

export const pageQuery = z.object({
  cursor: z.string().max(200).optional().describe("The `nextCursor` of the page before."),
  limit: digits.pipe(z.int().min(1).max(LIMITS.pageSize)).default(50),
});

export const historyAnswer = z.object({
  items: z.array(message),
  nextCursor: z
    .union([z.int(), z.null()])
    .describe("What goes on where the items end: to be given back as `after` if that was asked for, else as `before`."),
  previousCursor: z
    .union([z.int(), z.null()])
    .describe(
      "What goes on in the other direction, where the items begin: as `before` after an `after`, else as `after`.",
    ),
  around: z
    .union([messageId, z.null()])
    .optional()
    .describe("The number of the message that `around` found; null in an empty room. With `around` only."),
});
export type HistoryAnswer = z.infer<typeof historyAnswer>;
