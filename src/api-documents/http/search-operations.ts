/** Search. */
import { searchAnswer, searchQuery } from "../../../schema/api/search.ts";
import { messages } from "../sample.ts";
import type { Operation } from "./operation.ts";

export const SEARCH_OPERATIONS = {
  "GET /v1/search/messages": {
    id: "searchMessages",
    area: "Search",
    summary: "Find messages",
    description:
      "In the caller's rooms, archived messages and corrections included; a few seconds behind the rooms themselves. " +
      "Where nothing holds all the words, `match` is `any` and the items hold some of them. The items of a page are of " +
      "one stretch of time: a search with very many hits goes back in time from page to page, the best of each stretch " +
      "first. What is written meanwhile does not move the pages.",
    caller: "user",
    carriesBookmark: true,
    query: searchQuery,
    answers: {
      200: {
        description: "One page of what was found; highlights are offsets into the texts.",
        schema: searchAnswer,
        example: {
          items: [{ message: messages.daniels, highlights: [[5, 10]], corrections: [] }],
          nextCursor: null,
          match: "all",
          isCut: false,
        },
      },
    },
    refusals: {
      invalid_frame: "There is no `q`, or another parameter does not fit, or the cursor is not one of a search.",
      rate_limited: "Too many searches. Wait for `Retry-After` seconds.",
      unavailable: "The search index, or the database beside it, is away. Wait for `Retry-After` seconds.",
    },
  },
} as const satisfies Record<string, Operation>;
