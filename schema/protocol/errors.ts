/** Every refusal that a client can meet, in frames and in problem+json alike. `retryable`: the same request may succeed later. */
export const ERRORS = {
  invalid_frame: { retryable: false, message: "The frame or body does not fit its schema." },
  unknown_type: { retryable: false, message: "There is no frame of this type." },
  too_large: { retryable: false, message: "This is larger than the limit." },
  unauthorized: { retryable: false, message: "A valid access token is needed." },
  forbidden: { retryable: false, message: "You may not do this." },
  not_found: { retryable: false, message: "There is no such thing, or you may not see it." },
  conflict: { retryable: false, message: "This contradicts what is already there." },
  gone: { retryable: false, message: "This was deleted or closed." },
  rate_limited: { retryable: true, message: "Too many requests. Wait before the next one." },
  unavailable: { retryable: true, message: "This cannot be answered right now." },
  internal: { retryable: true, message: "Something failed on the server." },
} as const;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]; // the keys of a literal are its key type
