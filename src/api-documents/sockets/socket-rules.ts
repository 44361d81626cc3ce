/** What the documents say of the socket itself: how it closes, how it stays alive, how much it takes. */
import { RATE_LIMITS } from "../../../objects/kernel/limits.ts";
import { CLOSE_CODES, type CloseReason } from "../../../schema/protocol/close-codes.ts";
import { ERROR_CODES, ERRORS } from "../../../schema/protocol/errors.ts";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import { HEARTBEAT, SUBPROTOCOLS } from "../../../schema/protocol/version.ts";

const CLOSED_BECAUSE: Readonly<Record<CloseReason, string>> = {
  goingAway: "What is behind the socket moves, starts over after a restore, or has not heard from it for long.",
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

/** What each of the limits is of. */
export const LIMITED: Readonly<Record<keyof typeof LIMITS, string>> = {
  frameBytes: "bytes of a client's frame.",
  frameDepth: "objects and lists inside each other in it.",
  contentCharacters: "characters of a message, or of its correction.",
  noteCharacters: "characters of a correction's note.",
  clientIdCharacters: "characters.",
  refCharacters: "characters, where it is a string.",
  nameCharacters: "characters of a room's name.",
  descriptionCharacters: "characters of a room's description.",
  fileMetadataBytes: "bytes of `fileMetadata` as JSON.",
  emojiPerMessage: "different emoji at one message.",
  reactionsPerMessage: "reactions to one message, of all people together.",
  correctionsPerMessage: "corrections of one message, one per participant.",
  participantsPerGroup: "active participants of a GROUP.",
  participantsWithReceipts: "active participants; above that nobody is told who read, came online or went.",
  socketsPerUser: "sockets of one user in one room, and as many of their own.",
  pageSize: "messages of a page, and of a `sync.rows`.",
  typingMs: "milliseconds after which somebody no longer types, unless they say so again.",
};

export const SOCKET_RULES = {
  "x-subprotocols": SUBPROTOCOLS,
  "x-heartbeat": {
    ...HEARTBEAT,
    description: "Always text, in both encodings; answered without waking anybody. Say it at least once a minute.",
  },
  "x-error-codes": Object.fromEntries(ERROR_CODES.map((code) => [code, ERRORS[code]])),
  "x-close-codes": closings,
  "x-limits": LIMITS,
  "x-rate-limits": {
    description: "Per user at one address, over all of their sockets there. They are configuration.",
    frames: RATE_LIMITS.frames,
    "message.send": RATE_LIMITS.sends,
  },
} as const;
