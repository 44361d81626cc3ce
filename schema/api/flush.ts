/** Bodies of the operator's routes about the flush. */
import { z } from "zod";
import { timestamp } from "../values.ts";

export const parkedRow = z
  .object({
    object: z.string().describe("The object whose row it is: `chat-room:12`."),
    tableName: z.string(),
    rowKey: z.string(),
    epoch: z.int(),
    rev: z.int(),
    reason: z.string().describe("What the database said."),
    parkedAt: timestamp,
  })
  .describe("A row that a database refused: counted and left out, so that the rows behind it could go on.");
export type ParkedRow = z.infer<typeof parkedRow>;

export const parkedList = z.object({
  items: z.array(parkedRow),
  nextCursor: z.string().nullable(),
  total: z.int().describe("On all pages together."),
});

export const flushReport = z
  .object({
    destination: z.string(),
    complete: z.boolean().describe("Nothing is left to write."),
    rowsSent: z.int().min(0),
    parked: z.int().min(0),
    problem: z.enum(["unreachable", "ahead", "more"]).optional().describe("Why it stopped, if it is not complete."),
  })
  .describe("Where a database stands against the room.");

export const flushReportList = z.object({ items: z.array(flushReport), nextCursor: z.null() });

const position = z.object({ epoch: z.int(), messageId: z.int(), rev: z.int() });

export const flushState = z
  .object({
    destination: z.string(),
    isReachable: z.boolean(),
    isHeld: z.boolean().describe("It was found ahead of the room: nothing is written until the epoch is renewed."),
    complete: z.boolean().describe("Nothing is left to write."),
    position: position.nullable().describe("Where it stood when it last answered. Null: nowhere, or not known."),
    messagesWaiting: z.int().min(0).nullable().describe("Null, as below: not known, since it has not answered."),
    changesWaiting: z.int().min(0).nullable().describe("Earlier messages changed since; counted up to 1,000."),
    waitingSince: timestamp.nullable().describe("When the first message that waits was sent."),
  })
  .describe("How far a database is behind the room.");

export const flushStateList = z.object({ items: z.array(flushState), nextCursor: z.null() });

export const laggingRoom = z
  .object({
    roomId: z.int(),
    main: position,
    search: position.nullable().describe("Null: nothing of the room is in the index."),
  })
  .describe("A room of which the search index holds fewer messages than the main database.");
export type LaggingRoom = z.infer<typeof laggingRoom>;

export const laggingRoomList = z.object({
  rooms: z.int().min(0).describe("How many were compared on this page."),
  items: z.array(laggingRoom),
  nextCursor: z.string().nullable(),
});

export const epochAnswer = z.object({ epoch: z.int().describe("The new one.") });

export const unflushedObject = z
  .object({
    object: z.string().describe("`chat-room:12`, `learning-session:12` or `user-presence:12`."),
    roomId: z.int().optional().describe("Of a room."),
    problem: z
      .enum(["unreachable", "ahead", "more", "failed", "no_object"])
      .nullable()
      .describe("Why it is not all in D1; `no_object`: it lost its storage. Null: only parked rows are left."),
    parked: z.int().min(0),
  })
  .describe("An object that is not wholly in D1 after a flush.");
export type UnflushedObject = z.infer<typeof unflushedObject>;

export const flushAllAnswer = z.object({
  objects: z.int().min(0).describe("How many were flushed on this page; none where a kind ended with the page before."),
  rooms: z.int().min(0).describe("How many of them are rooms."),
  items: z.array(unflushedObject).describe("Those of them that are not wholly in D1 yet."),
  nextCursor: z.string().nullable(),
});
export type FlushAllAnswer = z.infer<typeof flushAllAnswer>;
