/** What the documents say of each frame that a client may send in a room. The types demand an entry for each. */

import type { ErrorCode } from "../../../schema/protocol/errors.ts";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import type { MeServerFrame } from "../../../schema/protocol/me/server-frames.ts";
import type { RoomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import type { SessionServerFrame } from "../../../schema/protocol/session/server-frames.ts";
import { correction, messages, SAMPLE } from "../sample.ts";

type ServerType = RoomServerFrame["type"] | MeServerFrame["type"] | SessionServerFrame["type"];

export interface ClientFrameEntry<Frame> {
  /** Sent by Minji, who is ADMIN. */
  readonly example: Frame;
  readonly answer: "none" | "ack" | readonly ServerType[];
  /** What the ack of the example carries beside `type` and `ref`. */
  readonly ack?: object;
  /** What everybody who is connected gets, the sender included. */
  readonly event?: ServerType;
  /** When it is refused, beside what every frame may be refused for. */
  readonly refusals: Readonly<Partial<Record<ErrorCode, string>>>;
}

const { minjis, daniels } = messages;
const NO_SUCH_MESSAGE = "There is no such message.";
const DELETED = "The message was deleted.";

export const CLIENT_FRAMES = {
  "message.send": {
    example: { type: "message.send", ref: 1, clientId: "b2c9e7a4-03", content: "반가워요", replyToId: daniels.id },
    answer: "ack",
    ack: { id: 3, createdAt: daniels.createdAt, duplicate: false },
    event: "message.created",
    refusals: {
      conflict: "This `clientId` was used for another message.",
      not_found:
        "There is no message `replyToId`, or `fileUrl` is not as the sender's upload for this room was answered.",
      gone: "The file was uploaded more than a day ago.",
    },
  },
  "message.edit": {
    example: { type: "message.edit", ref: 2, id: minjis.id, content: "안녕하세요, 여러분!" },
    answer: "ack",
    ack: { rev: 1 },
    event: "message.edited",
    refusals: { not_found: NO_SUCH_MESSAGE, forbidden: "It is somebody else's.", gone: DELETED },
  },
  "message.delete": {
    example: { type: "message.delete", ref: 3, id: minjis.id },
    answer: "ack",
    ack: { rev: 1 },
    event: "message.deleted",
    refusals: { not_found: NO_SUCH_MESSAGE, forbidden: "It is somebody else's, and you are not ADMIN." },
  },
  "message.correct": {
    example: {
      type: "message.correct",
      ref: 4,
      id: daniels.id,
      corrected: correction.corrected,
      note: correction.note,
    },
    answer: "ack",
    ack: { rev: 1 },
    event: "message.corrected",
    refusals: {
      not_found: NO_SUCH_MESSAGE,
      forbidden: "It is your own.",
      conflict: `It says so already, or has ${LIMITS.correctionsPerMessage} corrections of others.`,
      gone: DELETED,
    },
  },
  "reaction.add": {
    example: { type: "reaction.add", ref: 5, id: daniels.id, emoji: "👍" },
    answer: "ack",
    ack: { rev: 1 },
    event: "reaction.changed",
    refusals: {
      not_found: NO_SUCH_MESSAGE,
      conflict: `It has ${LIMITS.emojiPerMessage} different emoji, or ${LIMITS.reactionsPerMessage} reactions.`,
      gone: DELETED,
    },
  },
  "reaction.remove": {
    example: { type: "reaction.remove", ref: 6, id: daniels.id, emoji: "👍" },
    answer: "ack",
    ack: { rev: 0 },
    event: "reaction.changed",
    refusals: { not_found: NO_SUCH_MESSAGE, gone: DELETED },
  },
  read: {
    example: { type: "read", id: daniels.id },
    answer: "none",
    event: "receipt",
    refusals: { not_found: NO_SUCH_MESSAGE },
  },
  typing: { example: { type: "typing", active: true }, answer: "none", event: "typing", refusals: {} },
  sync: {
    example: { type: "sync", ref: 7, epoch: SAMPLE.epoch, messageId: 1, rev: 0 },
    answer: ["sync.rows", "sync.completed"],
    refusals: {},
  },
  history: {
    example: { type: "history", ref: 8, beforeId: daniels.id, limit: 50 },
    answer: "ack",
    ack: { messages: [minjis], hasMore: false },
    refusals: {},
  },
  "auth.refresh": {
    example: { type: "auth.refresh", ref: 9, token: SAMPLE.accessToken },
    answer: "ack",
    ack: {},
    refusals: { unauthorized: "The token is not valid.", forbidden: "It is somebody else's token." },
  },
  probe: { example: { type: "probe", n: 1 }, answer: "none", refusals: {} },
} as const satisfies { [Type in RoomClientFrame["type"]]: ClientFrameEntry<Extract<RoomClientFrame, { type: Type }>> };

/** What any frame may be refused for. */
export const COMMON_REFUSALS: Readonly<Partial<Record<ErrorCode, string>>> = {
  invalid_frame: "It does not fit its schema, or is no frame at all. `details` names the fields.",
  unknown_type: "There is no frame of this `type`.",
  too_large: "It is larger than the limit. The socket is closed with 4413.",
  rate_limited: "Too many frames. Wait for `retryAfterMs`.",
  internal: "Something failed on the server. The command may be sent again.",
};
