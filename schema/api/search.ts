/** Query and answer of `GET /v1/search/messages`. */
import { z } from "zod";
import { message } from "../protocol/room/entities.ts";

const range = z.tuple([z.int().min(0), z.int().min(1)]).describe("From and up to, in UTF-16 units of the text.");

export const searchHit = z.object({
  message,
  highlights: z.array(range).describe("What of `content` matches, in order and apart from each other."),
  corrections: z
    .array(z.object({ index: z.int().min(0), highlights: z.array(range).min(1) }))
    .describe(
      "What matches of the corrected texts: `index` in the message's `corrections`. Those without are left out.",
    ),
});
export type SearchHit = z.infer<typeof searchHit>;

export const searchAnswer = z.object({
  items: z.array(searchHit),
  nextCursor: z.string().nullable(),
  match: z
    .enum(["all", "any"])
    .describe("`any`: nothing holds all words, these hold some of them. The same on every page of a search."),
  isCut: z.boolean().describe("More was typed than is looked for; what is too much was left out."),
});
export type SearchAnswer = z.infer<typeof searchAnswer>;
