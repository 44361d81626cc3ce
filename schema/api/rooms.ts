/** Bodies of `/v1/rooms*`. */
import { z } from "zod";
import { LIMITS } from "../protocol/limits.ts";
import { message, participant, room } from "../protocol/room/entities.ts";
import { boundedText, filledText, messageId, participantRole, roomType, timestamp, userId } from "../values.ts";

const name = filledText(LIMITS.nameCharacters).nullish();
const description = boundedText(LIMITS.descriptionCharacters).nullish();

/** The caller takes part (as ADMIN) without being listed. A DIRECT room has exactly one other participant. */
export const createRoomRequest = z.object({
  roomType,
  name,
  description,
  participantIds: z.array(userId).max(LIMITS.participantsPerGroup),
});
export type CreateRoomRequest = z.infer<typeof createRoomRequest>;

export const updateRoomRequest = z.object({ name, description });

/** Either a list, answered with a list, or one user, answered with that participant. */
export const addParticipantsRequest = z
  .object({
    participantIds: z.array(userId).min(1).max(LIMITS.participantsPerGroup).optional(),
    userId: userId.optional(),
  })
  .refine((body) => (body.participantIds === undefined) !== (body.userId === undefined), {
    message: "either participantIds or userId",
    path: ["participantIds"],
  });

export const updateParticipantRequest = z.object({ role: participantRole });

export const roomAnswer = room.extend({ participants: z.array(participant) });
export type RoomAnswer = z.infer<typeof roomAnswer>;

/** A room of the caller's, as D1 knows it: a few seconds behind the room itself. */
export const roomListItem = room.extend({
  lastMessageAt: timestamp.nullable(),
  lastMessage: message.pick({ id: true, senderId: true, messageType: true, content: true, createdAt: true }).nullable(),
  lastReadMessageId: z.int().min(0),
  unread: z.int().min(0),
  /** The first few participants, the caller left out: enough to name a room that has no name. */
  participants: z.array(z.object({ userId, name: z.string(), imageUrl: z.string().nullable() })),
});
export type RoomListItem = z.infer<typeof roomListItem>;

export const participantList = z.object({ items: z.array(participant), nextCursor: z.null() });

/** A number of a query string; `z.coerce` would read an empty one as 0. */
const digits = z
  .string()
  .regex(/^\d{1,16}$/, "must be a number")
  .transform(Number);

/** Query of `GET /v1/rooms/{id}/messages`: newest first, or oldest first with `after`. */
export const historyQuery = z
  .object({
    before: digits.pipe(messageId).optional(),
    after: digits.pipe(z.int().min(0)).optional(),
    limit: digits.pipe(z.int().min(1).max(LIMITS.pageSize)).default(50),
  })
  .refine((query) => query.before === undefined || query.after === undefined, "either before or after");

export const pageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: digits.pipe(z.int().min(1).max(LIMITS.pageSize)).default(50),
});

export const historyAnswer = z.object({ items: z.array(message), nextCursor: z.union([z.int(), z.null()]) });
export type HistoryAnswer = z.infer<typeof historyAnswer>;
