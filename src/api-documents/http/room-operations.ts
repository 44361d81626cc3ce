/** Rooms, their participants, their history, and their sockets. */
import {
  addParticipantsRequest,
  createRoomRequest,
  historyAnswer,
  historyQuery,
  pageQuery,
  participantList,
  roomAnswer,
  roomList,
  updateParticipantRequest,
  updateRoomRequest,
} from "../../../schema/api/rooms.ts";
import { participant } from "../../../schema/protocol/room/entities.ts";
import { messages, participants, room, SAMPLE } from "../sample.ts";
import type { Operation } from "./operation.ts";

const id = { description: "The room.", example: SAMPLE.room };
const ofRoom = { id };
const ofParticipant = { id, userId: { description: "The participant.", example: SAMPLE.daniel } };

const theRoom = { ...room, participants: [participants.minji, participants.daniel] };
const NOT_YOURS = "The caller is not a participant.";
const ADMINS_ONLY = "The caller is not an ADMIN of this room, or it is DIRECT.";

export const ROOM_OPERATIONS = {
  "POST /v1/rooms": {
    id: "createRoom",
    area: "Rooms",
    summary: "Create a room",
    description:
      "The caller takes part as ADMIN. A second DIRECT room of the same two is the first one, answered with 200.",
    caller: "user",
    takesIdempotencyKey: true,
    body: createRoomRequest,
    examples: {
      group: {
        summary: "A group of Minji's, with Daniel",
        body: { roomType: "GROUP", name: room.name, description: room.description, participantIds: [SAMPLE.daniel] },
        status: 201,
      },
      direct: {
        summary: "Minji and Daniel alone",
        body: { roomType: "DIRECT", participantIds: [SAMPLE.daniel] },
        status: 201,
      },
    },
    answers: {
      200: { description: "It was there already.", schema: roomAnswer, example: theRoom },
      201: { description: "It was made.", schema: roomAnswer, example: theRoom },
    },
    refusals: {
      invalid_frame: "The body does not fit, one of the people is not there, or the key is not visible ASCII.",
      forbidden:
        "There is a block between the caller and one of the people, or this `Idempotency-Key` made a room that the caller has left.",
      not_found: "The room was there, but its object lost its storage. It has to be restored.",
      conflict: "This `Idempotency-Key` was used for another room.",
      unavailable: "The room is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
  "GET /v1/rooms": {
    id: "listRooms",
    area: "Rooms",
    summary: "List one's rooms",
    description:
      "The latest first, with unread counts, as one's inbox has them: at most a second behind the rooms, large ones up to twenty. The first few people of each come from the database; there are none while it is away.",
    caller: "user",
    query: pageQuery,
    answers: {
      200: {
        description: "One page of them.",
        schema: roomList,
        example: {
          items: [
            {
              ...room,
              lastMessageAt: messages.daniels.createdAt,
              lastMessage: {
                id: messages.daniels.id,
                senderId: SAMPLE.daniel,
                messageType: "TEXT",
                content: messages.daniels.content,
                isDeleted: false,
                createdAt: messages.daniels.createdAt,
              },
              lastReadMessageId: 0,
              unread: 1,
              participants: [{ userId: SAMPLE.daniel, name: "Daniel", imageUrl: null }],
            },
          ],
          nextCursor: null,
        },
      },
    },
    refusals: {
      invalid_frame: "The cursor is not one of this list, or the limit is not between 1 and 100.",
      unavailable: "One's own object is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
  "GET /v1/rooms/{id}": {
    id: "getRoom",
    area: "Rooms",
    summary: "Get a room",
    description: "The room with everybody who is or was in it.",
    caller: "user",
    path: ofRoom,
    answers: { 200: { description: "The room.", schema: roomAnswer, example: theRoom } },
    refusals: { forbidden: NOT_YOURS },
  },
  "PATCH /v1/rooms/{id}": {
    id: "updateRoom",
    area: "Rooms",
    summary: "Change name or description",
    description: "By an ADMIN of a GROUP. What is not named stays; null takes it away.",
    caller: "user",
    path: ofRoom,
    body: updateRoomRequest,
    examples: {
      description: { summary: "Another description", body: { description: "Every Saturday morning" }, status: 200 },
    },
    answers: {
      200: {
        description: "The room as it is now.",
        schema: roomAnswer,
        example: { ...theRoom, description: "Every Saturday morning", rev: 1 },
      },
    },
    refusals: { forbidden: ADMINS_ONLY },
  },
  "POST /v1/rooms/{id}/participants": {
    id: "addParticipants",
    area: "Participants",
    summary: "Add participants",
    description: "By an ADMIN of a GROUP. Who left comes back; who is there stays as they are.",
    caller: "user",
    path: ofRoom,
    body: addParticipantsRequest,
    examples: {
      list: { summary: "Sofia, in a list", body: { participantIds: [SAMPLE.sofia] }, status: 201 },
    },
    answers: {
      201: {
        description: "The added participants; for `userId` in place of a list, that participant alone.",
        schema: participantList.or(participant),
        example: { items: [{ ...participants.sofia, rev: 1 }], nextCursor: null },
      },
    },
    refusals: {
      invalid_frame: "The body does not fit, or one of the people is not there.",
      forbidden: `${ADMINS_ONLY} Or there is a block between the caller and one of the people.`,
      too_large: "The body is larger than 64 KiB, or the room would hold more than 1,000 people.",
    },
  },
  "PATCH /v1/rooms/{id}/participants/{userId}": {
    id: "updateParticipant",
    area: "Participants",
    summary: "Change a participant's role",
    description: "By an ADMIN of a GROUP.",
    caller: "user",
    path: ofParticipant,
    body: updateParticipantRequest,
    examples: { admin: { summary: "Daniel becomes ADMIN", body: { role: "ADMIN" }, status: 200 } },
    answers: {
      200: {
        description: "The participant as they are now.",
        schema: participant,
        example: { ...participants.daniel, role: "ADMIN", rev: 1 },
      },
    },
    refusals: { forbidden: ADMINS_ONLY, conflict: "The last ADMIN cannot step down." },
  },
  "DELETE /v1/rooms/{id}/participants/{userId}": {
    id: "removeParticipant",
    area: "Participants",
    summary: "Leave, or remove a participant",
    description: "Oneself, or as ADMIN of a GROUP anybody. Their sockets are closed with 4403.",
    caller: "user",
    path: ofParticipant,
    answers: { 204: { description: "They are gone." } },
    refusals: { forbidden: "It is somebody else and the caller is not an ADMIN, or the room is DIRECT." },
  },
  "GET /v1/rooms/{id}/messages": {
    id: "listMessages",
    area: "History",
    summary: "Read the history",
    description:
      "Newest first, or oldest first with `after`. Every page is current, whatever has reached the database yet, and as " +
      "fast at any depth. `around` jumps to a message or to a date; from there, `nextCursor` as `before` leads to older " +
      "messages, `previousCursor` as `after` to newer ones.",
    caller: "user",
    path: ofRoom,
    query: historyQuery,
    carriesBookmark: true,
    answers: {
      200: {
        description: "One page of messages.",
        schema: historyAnswer,
        example: { items: [messages.daniels, messages.minjis], nextCursor: null, previousCursor: null },
      },
    },
    refusals: {
      invalid_frame: "The query does not fit, or has more than one of `before`, `after` and `around`.",
      forbidden: NOT_YOURS,
    },
  },
  "GET /v1/rooms/{id}/socket": {
    id: "openRoomSocket",
    area: "Sockets",
    summary: "Open a room's socket",
    description:
      "A WebSocket upgrade. The subprotocol chooses the encoding: `studymate.v1.json` (the default) or " +
      "`studymate.v1.msgpack`. A browser, which cannot set headers, offers its access token as another one, " +
      "`bearer.<access token>`. What goes over it is in the AsyncAPI document.",
    caller: "socket",
    path: ofRoom,
    answers: { 101: { description: "The socket is open. Its first frame is `welcome`." } },
    refusals: {
      forbidden: "The `Origin` is not on the allow list, or the caller is not a participant.",
      upgrade_required: "The request is not an upgrade.",
      rate_limited: "Too many sockets were asked for. Wait for `Retry-After` seconds.",
      unavailable: "The room is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
} as const satisfies Record<string, Operation>;
