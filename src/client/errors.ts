import type { Problem, ProblemCode } from "../../schema/api/problem.ts";
import type { ERRORS, ErrorCode } from "../../schema/protocol/errors.ts";

/**
 * Why something failed, and what to do.
 *
 * | code | it means | do |
 * | --- | --- | --- |
 * | `network` | no answer came | try again later; the SDK does so itself for everything in a room |
 * | `unavailable`, `internal` | the server cannot answer now | try again later |
 * | `rate_limited` | too many requests | try again after `retryAfterMs`; commands of a room wait by themselves |
 * | `unauthorized` | no valid token is to be had | let the person sign in, then `room.reconnect()` |
 * | `forbidden` | not allowed, or no longer a participant | show it; do not try again |
 * | `not_found` | there is none, or not for this person | show it; leave the room's page |
 * | `gone` | it was deleted or closed | show it; take it off the screen |
 * | `conflict` | contradicts what is there, e.g. a `clientId` under other words | load the present state, let the person decide |
 * | `too_large` | more than the limit | let the person shorten it |
 * | `invalid_frame` | a value that does not fit; of HTTP, see `fields` | correct the input; from your own code it is a bug |
 * | `unsupported_media_type` | the server takes no such file | let the person choose another |
 * | `unknown_type`, `upgrade_required` | server and SDK do not fit | update the SDK |
 * | `closed` | the room or client was closed here | nothing; unsent messages leave when the room is opened again |
 * | `cancelled` | `room.cancel()` or an upload's `signal` took it back | nothing |
 * | `wrong_user` | the token is not of `ClientOptions.userId` | make a client for the person who is signed in |
 */
export type StudyMateErrorCode = ProblemCode | "network" | "closed" | "cancelled" | "wrong_user";

export interface ErrorDetails {
  /** HTTP status; absent where the refusal came over a socket, or where there was no answer. */
  readonly status?: number | undefined;
  readonly retryable?: boolean | undefined;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
  /** What a refused body lacks, by path. */
  readonly fields?: Problem["errors"] | undefined;
}

/** Everything that the SDK throws or rejects with. Branch on `code`, never on `message`. */
export class StudyMateError extends Error {
  override readonly name = "StudyMateError";
  readonly code: StudyMateErrorCode;
  readonly status: number | undefined;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
  readonly fields: NonNullable<Problem["errors"]>;

  constructor(code: StudyMateErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.status = details.status;
    this.retryable = details.retryable ?? Object.hasOwn(RETRYABLE, code);
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
    this.fields = details.fields ?? [];
  }
}

/** What our own code throws is an error of ours; anything else is a bug, of the application's perhaps. */
export function errorFrom(thrown: unknown): StudyMateError {
  return thrown instanceof StudyMateError ? thrown : new StudyMateError("internal", String(thrown));
}

type RetryableCode = { [Code in ErrorCode]: (typeof ERRORS)[Code]["retryable"] extends true ? Code : never }[ErrorCode];

/** As in the schema, which the compiler compares; its texts are the server's. */
const RETRYABLE: Readonly<Record<RetryableCode | "network", true>> = {
  network: true,
  rate_limited: true,
  unavailable: true,
  internal: true,
};
