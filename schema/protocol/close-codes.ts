/** Why the server ends a socket, and what the client should do about it. */
export const CLOSE_CODES = {
  goingAway: { code: 1001, reconnect: "with jitter" },
  internal: { code: 1011, reconnect: "with jitter" },
  protocolViolation: { code: 4400, reconnect: "never" },
  tokenEnded: { code: 4401, reconnect: "with a new token" },
  removed: { code: 4403, reconnect: "never" },
  gone: { code: 4404, reconnect: "never" },
  superseded: { code: 4408, reconnect: "never" },
  tooManySockets: { code: 4409, reconnect: "never" },
  frameTooLarge: { code: 4413, reconnect: "never" },
  abuse: { code: 4429, reconnect: "with jitter" },
} as const;

export type CloseReason = keyof typeof CLOSE_CODES;

/** Looks a close code up; codes that are not ours (1006, a proxy's) count as a lost connection. */
export function closeReason(code: number): CloseReason | undefined {
  return (Object.keys(CLOSE_CODES) as CloseReason[]) // the keys of a literal are its key type
    .find((reason) => CLOSE_CODES[reason].code === code);
}
