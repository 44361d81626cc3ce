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

export const epochAnswer = z.object({ epoch: z.int().describe("The new one.") });

export const unflushedRoom = z
  .object({
    roomId: z.int(),
    problem: z
      .enum(["unreachable", "ahead", "more", "failed", "no_object"])
      .nullable()
      .describe("Why it is not all in D1; `no_object`: the room lost its storage. Null: only parked rows are left."),
    parked: z.int().min(0),
  })
  .describe("A room that is not wholly in D1 after a flush.");
export type UnflushedRoom = z.infer<typeof unflushedRoom>;

export const flushAllAnswer = z.object({
  rooms: z.int().min(0).describe("How many were flushed on this page."),
  items: z.array(unflushedRoom).describe("Those of them that are not wholly in D1 yet."),
  nextCursor: z.string().nullable(),
});
export type FlushAllAnswer = z.infer<typeof flushAllAnswer>;
