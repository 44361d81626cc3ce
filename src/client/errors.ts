import type { Problem, ProblemCode } from "../../schema/api/problem.ts";
import { ERRORS, type ErrorCode } from "../../schema/protocol/errors.ts";

/** The server's codes, and three of our own: `network` (no answer), `closed` (the room was closed here), `cancelled`. */
export type StudyMateErrorCode = ProblemCode | "network" | "closed" | "cancelled";

export interface ErrorDetails {
  /** HTTP status; absent where the refusal came over a socket, or where there was no answer. */
  readonly status?: number;
  readonly retryable?: boolean;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly requestId?: string;
  /** What a refused body lacks, by path. */
  readonly fields?: Problem["errors"];
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
    this.retryable = details.retryable ?? isRetryable(code);
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
    this.fields = details.fields ?? [];
  }
}

export function isProtocolCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

function isRetryable(code: StudyMateErrorCode): boolean {
  return code === "network" || (isProtocolCode(code) && ERRORS[code].retryable);
}
