/** Bodies of the operator's routes about the flush. */
import { z } from "zod";
import { timestamp } from "../values.ts";

/** A row that a destination refused: counted and left out, so that the rows behind it could go on. */
export const parkedRow = z.object({
  object: z.string(),
  tableName: z.string(),
  rowKey: z.string(),
  epoch: z.int(),
  rev: z.int(),
  reason: z.string(),
  parkedAt: timestamp,
});
export type ParkedRow = z.infer<typeof parkedRow>;

export const parkedList = z.object({
  items: z.array(parkedRow),
  nextCursor: z.string().nullable(),
  total: z.int(),
});
