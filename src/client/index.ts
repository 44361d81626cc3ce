/** `studymate/client`: the SDK for browsers and Node. */
export type { TokenAnswer } from "../../schema/api/auth.ts";
export type { CreateRoomRequest, HistoryAnswer, RoomAnswer, RoomListItem } from "../../schema/api/rooms.ts";
export type { Correction, Message, Participant, Reaction, Room } from "../../schema/protocol/room/entities.ts";
export { type ClientOptions, createClient, type StudyMateClient } from "./client.ts";
export type { DeniedReason, OfflineReason } from "./connection.ts";
export { type ErrorDetails, StudyMateError, type StudyMateErrorCode } from "./errors.ts";
export { devLogin, type HttpOptions, type Page, refreshTokens } from "./http.ts";
export type { OutgoingMessage, SendOptions, SentMessage } from "./outbox.ts";
export type { DebugEvent, RoomConnection } from "./room.ts";
export type { RoomSnapshot, RoomStatus } from "./snapshot.ts";
export type { SocketConstructor, SocketLike } from "./socket.ts";
export type { TokenNeed, TokenProvider } from "./tokens.ts";
