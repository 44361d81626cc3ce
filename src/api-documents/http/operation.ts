/** How an operation of the HTTP API is written down. */
import type { z } from "zod";
import { PROBLEM_STATUS, type ProblemCode } from "../../../schema/api/problem.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Area =
  | "Rooms"
  | "Participants"
  | "History"
  | "Sessions"
  | "Recordings"
  | "Search"
  | "Media"
  | "People"
  | "Onboarding"
  | "Matching"
  | "Safety"
  | "Notifications"
  | "Sockets"
  | "Signing in"
  | "Operators"
  | "Health";

/** When each problem is met. */
export type Refusals = Readonly<Partial<Record<ProblemCode, string>>>;

export interface Example {
  readonly summary: string;
  readonly body: unknown;
  /** The status that it is answered with. */
  readonly status: number;
}

export interface Success {
  readonly description: string;
  /** Without one, the answer has no body. */
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  /** The body is a file, of any type. */
  readonly isFile?: true;
}

export interface Operation {
  readonly id: string;
  readonly area: Area;
  readonly summary: string;
  readonly description: string;
  readonly caller: "anybody" | "user" | "operator" | "socket";
  /** What each `{name}` of the path is, with the sample's value. */
  readonly path?: Readonly<Record<string, { readonly description: string; readonly example: number | string }>>;
  readonly query?: z.ZodObject;
  readonly takesIdempotencyKey?: true;
  /** `x-d1-bookmark` comes and goes with it. */
  readonly carriesBookmark?: true;
  readonly body?: z.ZodType;
  /** The body is a file; what of it is to be said. */
  readonly upload?: string;
  readonly examples?: Readonly<Record<string, Example>>;
  readonly answers: Readonly<Record<number, Success>>;
  readonly refusals: Refusals;
}

/** What an operation refuses, with what follows from what it takes. */
export function refusalsOf({
  area,
  caller,
  body,
  query,
  path,
  refusals,
}: Operation): [code: ProblemCode, when: string][] {
  const implied: Refusals = {
    ...(body && {
      invalid_frame: "The body does not fit its schema; `errors` names each field.",
      too_large: "The body is larger than 64 KiB.",
      unsupported_media_type: "The body is not `application/json`.",
    }),
    ...(query && { invalid_frame: "The query does not fit; `errors` names each parameter." }),
    ...(caller !== "anybody" && { unauthorized: "There is no access token, or not a valid one." }),
    ...((caller === "user" || caller === "operator") && {
      rate_limited: "More than 600 requests of the caller in a minute. Wait for `Retry-After` seconds.",
    }),
    ...(caller === "operator" && {
      forbidden: "The caller is not an operator.",
      unavailable: "The database, or the room, does not answer. Wait for `Retry-After` seconds.",
    }),
    ...(path && { not_found: "There is nothing at this address." }),
    ...(caller === "user" &&
      path?.id &&
      area !== "People" &&
      area !== "Signing in" && { unavailable: "The room is moving or too busy. Wait for `Retry-After` seconds." }),
    ...(area !== "Health" && { internal: "Something failed on the server. It may be tried again." }),
  };
  // Entries of an object whose keys are problem codes.
  const entries = Object.entries({ ...implied, ...refusals }) as [ProblemCode, string][];
  return entries.toSorted(([a], [b]) => PROBLEM_STATUS[a] - PROBLEM_STATUS[b]);
}
