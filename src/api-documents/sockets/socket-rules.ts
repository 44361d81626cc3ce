/** What the documents say of the socket itself: how it closes, how it stays alive, how much it takes. */
import { RATE_LIMITS } from "../../../objects/kernel/limits.ts";
import { CLOSE_CODES, type CloseReason } from "../../../schema/protocol/close-codes.ts";
import { ERROR_CODES, ERRORS } from "../../../schema/protocol/errors.ts";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import { HEARTBEAT, SUBPROTOCOLS } from "../../../schema/protocol/version.ts";

const CLOSED_BECAUSE: Readonly<Record<CloseReason, string>> = {
  goingAway: "The room moves, or everybody starts over after a restore.",
  internal: "Something failed on the server.",
  protocolViolation: `${RATE_LIMITS.invalidFrames} invalid frames within ${RATE_LIMITS.invalidWindowMs / 1_000} seconds.`,
  tokenEnded: "The access token expired, or was revoked.",
  removed: "Removed from the room, left it, or blocked.",
  gone: "The thing behind the socket is gone.",
  superseded: "A newer socket of the same session participant took over.",
  tooManySockets: `More than ${LIMITS.socketsPerUser} sockets of one user: the oldest is closed.`,
  frameTooLarge: `A frame of more than ${LIMITS.frameBytes} bytes.`,
  abuse: `More than ${RATE_LIMITS.floodFrames} frames in a second.`,
};

const closings = Object.entries(CLOSE_CODES).map(([reason, { code, reconnect }]) => {
  return { code, reason, meaning: CLOSED_BECAUSE[reason as CloseReason], reconnect }; // a key of CLOSE_CODES
});

export const SOCKET_RULES = {
  "x-subprotocols": SUBPROTOCOLS,
  "x-heartbeat": {
    ...HEARTBEAT,
    description: "Always text, in both encodings; answered without waking the room.",
  },
  "x-error-codes": Object.fromEntries(ERROR_CODES.map((code) => [code, ERRORS[code]])),
  "x-close-codes": closings,
  "x-limits": LIMITS,
  "x-rate-limits": {
    description: "Per participant and room, over all of their sockets. They are configuration.",
    frames: RATE_LIMITS.frames,
    "message.send": RATE_LIMITS.sends,
  },
} as const;
