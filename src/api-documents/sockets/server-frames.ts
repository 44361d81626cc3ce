/** An example of each frame that the server may send in a room. The types demand one for each. */
import { ERRORS } from "../../../schema/protocol/errors.ts";
import type { Message, Participant } from "../../../schema/protocol/room/entities.ts";
import type { RoomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import { PROTOCOL_VERSION } from "../../../schema/protocol/version.ts";
import { correction, messages, participants, room, SAMPLE } from "../sample.ts";

const at = "2026-11-22T09:31:00.000Z";
const { minjis, daniels } = messages;

const changed = (message: Message, change: Partial<Message>): Message => ({ ...message, ...change, rev: 1 });
const moved = (participant: Participant, change: Partial<Participant>) => ({ ...participant, ...change, rev: 1 });

export const SERVER_FRAMES: { readonly [Type in RoomServerFrame["type"]]: Extract<RoomServerFrame, { type: Type }> } = {
  welcome: {
    type: "welcome",
    protocol: PROTOCOL_VERSION,
    epoch: SAMPLE.epoch,
    room,
    you: { userId: SAMPLE.minji, role: "ADMIN", lastReadMessageId: 0, blockedUserIds: [] },
    participants: [{ ...participants.minji, online: true }, participants.daniel],
    messageId: 2,
    rev: 0,
    serverTime: at,
  },
  "message.created": { type: "message.created", message: minjis },
  "message.edited": {
    type: "message.edited",
    message: changed(minjis, { content: "안녕하세요, 여러분!", isEdited: true, editedAt: at }),
    rev: 1,
  },
  "message.deleted": {
    type: "message.deleted",
    message: changed(minjis, { content: null, isDeleted: true }),
    rev: 1,
  },
  "message.corrected": {
    type: "message.corrected",
    message: changed(daniels, { corrections: [correction] }),
    rev: 1,
  },
  "reaction.changed": {
    type: "reaction.changed",
    message: changed(daniels, { reactions: [{ emoji: "👍", userIds: [SAMPLE.minji] }] }),
    rev: 1,
  },
  receipt: { type: "receipt", userId: SAMPLE.minji, messageId: 2, rev: 1 },
  typing: { type: "typing", userId: SAMPLE.minji, until: "2026-11-22T09:31:10.000Z" },
  "participant.joined": { type: "participant.joined", participant: moved(participants.sofia, {}), rev: 1 },
  "participant.left": {
    type: "participant.left",
    participant: moved(participants.daniel, { isActive: false }),
    rev: 1,
  },
  "participant.updated": {
    type: "participant.updated",
    participant: moved(participants.daniel, { role: "ADMIN" }),
    rev: 1,
  },
  "room.updated": {
    type: "room.updated",
    room: { ...room, description: "Every Saturday morning", rev: 1 },
    rev: 1,
  },
  "participant.online": { type: "participant.online", userId: SAMPLE.daniel },
  "participant.offline": { type: "participant.offline", userId: SAMPLE.daniel },
  "blocks.changed": { type: "blocks.changed", userIds: [SAMPLE.daniel] },
  "sync.rows": { type: "sync.rows", ref: 7, messages: [daniels], participants: [] },
  "sync.completed": { type: "sync.completed", ref: 7, epoch: SAMPLE.epoch, messageId: 2, rev: 0 },
  ack: { type: "ack", ref: 9 },
  error: {
    type: "error",
    ref: 2,
    code: "forbidden",
    message: ERRORS.forbidden.message,
    retryable: ERRORS.forbidden.retryable,
  },
  probe: { type: "probe", n: 1 },
  batch: {
    type: "batch",
    frames: [
      { type: "message.created", message: minjis },
      { type: "message.created", message: daniels },
    ],
  },
};
