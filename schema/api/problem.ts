/** Errors of the HTTP API: RFC 9457 problem details with a stable `code`. */
import { z } from "zod";
import { ERROR_CODES, ERRORS, type ErrorCode } from "../protocol/errors.ts";

/** What only HTTP can meet, beside the codes that frames share with it. */
const HTTP_TITLES = {
  upgrade_required: "This is a WebSocket endpoint.",
  unsupported_media_type: "The body is of a type that is not taken here.",
  range_not_satisfiable: "There are no such bytes, or several ranges were asked for.",
} as const;

export const problem = z
  .object({
    type: z.string(),
    title: z.string().describe("The code in words."),
    status: z.int(),
    code: z.enum([...ERROR_CODES, "upgrade_required", "unsupported_media_type", "range_not_satisfiable"]),
    requestId: z.string().describe("To be quoted when reporting it; also in `x-request-id`."),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe("What is wrong with which field, where it is a body, a query or a header."),
  })
  .describe("Why a request was refused: RFC 9457, with a stable `code`.");
export type Problem = z.infer<typeof problem>;
export type ProblemCode = Problem["code"];

export const PROBLEM_STATUS = {
  invalid_frame: 400,
  unknown_type: 400,
  too_large: 413,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
  upgrade_required: 426,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
} as const satisfies Readonly<Record<ProblemCode, number>>;

function isShared(code: ProblemCode): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

export function problemTitle(code: ProblemCode): string {
  return isShared(code) ? ERRORS[code].message : HTTP_TITLES[code];
}

export interface ProblemDetails {
  readonly requestId: string;
  readonly errors?: Problem["errors"];
  readonly headers?: Readonly<Record<string, string>>;
}

export function problemResponse(code: ProblemCode, { requestId, errors, headers }: ProblemDetails): Response {
  const body: Problem = {
    type: "about:blank",
    title: problemTitle(code),
    status: PROBLEM_STATUS[code],
    code,
    requestId,
    ...(errors && { errors }),
  };
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { "content-type": "application/problem+json", "x-request-id": requestId, ...headers },
  });
}
