/** What people may ask of all that is kept about them. */
import type { Operation } from "./operation.ts";

export const ACCOUNT_OPERATIONS = {
  "GET /v1/me/export": {
    id: "exportMe",
    area: "People",
    summary: "Get everything that is kept about oneself",
    description:
      "NDJSON: one object a line, each with a `type`. It is read while it is sent; what breaks off is no whole export.",
    caller: "user",
    answers: { 200: { description: "All of it.", isFile: true } },
    refusals: { rate_limited: "Too often. Wait for `Retry-After` seconds." },
  },
  "DELETE /v1/me": {
    id: "deleteMe",
    area: "People",
    summary: "Delete one's account",
    description:
      "Nobody can sign in to it any more, and its sockets end. What is left of it is removed, or emptied in place, within minutes.",
    caller: "user",
    answers: { 202: { description: "It is closed." } },
    refusals: {},
  },
} as const satisfies Record<string, Operation>;
