/** Query and answer of `GET /v1/search/messages`. */
import { z } from "zod";
import { LIMITS } from "../protocol/limits.ts";
import { message } from "../protocol/room/entities.ts";
import { roomId, userId } from "../values.ts";
import { dateOrTime, digits } from "./rooms.ts";

export const searchQuery = z.object({
  q: z
    .string()
    .describe(
      "Words, all of them required. A word stands for those that begin with it, a Korean, Japanese or Chinese one for " +
        'each text that holds it. `"in quotes"`: these words in this order, whole. `-word`: without it. What is beyond ' +
        "256 characters is left out.",
    )
    .meta({ examples: ["agree"] }),
  roomId: digits.pipe(roomId).optional().describe("Only in this room. Nothing is found in a room of others."),
  senderId: digits.pipe(userId).optional().describe("Only what this user wrote."),
  from: dateOrTime.optional().describe("Not before this: a date (its beginning in UTC), or a time with its offset."),
  to: dateOrTime.optional().describe("Before this, likewise."),
  limit: digits.pipe(z.int().min(1).max(LIMITS.pageSize)).default(20),
  cursor: z.string().max(400).optional().describe("The `nextCursor` of the page before, of the same search."),
});
export type SearchRequest = z.infer<typeof searchQuery>;

const range = z.tuple([z.int().min(0), z.int().min(1)]).describe("From and up to, in UTF-16 units of the text.");

export const searchHit = z
  .object({
    message,
    highlights: z.array(range).describe("What of `content` matches, in order and apart from each other."),
    corrections: z
      .array(z.object({ index: z.int().min(0), highlights: z.array(range).min(1) }))
      .describe(
        "What matches of the corrected texts: `index` in the message's `corrections`. Those without are left out.",
      ),
  })
  .describe("A message that was found, as it is now, and what of it matches.");
export type SearchHit = z.infer<typeof searchHit>;

export const searchAnswer = z.object({
  items: z.array(searchHit).describe("Best first, and of equally good ones the newest first."),
  nextCursor: z
    .string()
    .nullable()
    .describe("Null at the end. A page may hold fewer than `limit` before that, in the rarest case none."),
  match: z
    .enum(["all", "any"])
    .describe("`any`: nothing holds all words, these hold some of them. The same on every page of a search."),
  isCut: z.boolean().describe("More was typed than is looked for; what is too much was left out."),
});
export type SearchAnswer = z.infer<typeof searchAnswer>;
