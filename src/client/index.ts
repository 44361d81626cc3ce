/** `studymate/client`: the SDK for browsers and Node. */
export type { TokenAnswer } from "../../schema/api/auth.ts";
export type { CreateRoomRequest, HistoryAnswer, RoomAnswer, RoomListItem } from "../../schema/api/rooms.ts";
export type { SearchAnswer, SearchHit } from "../../schema/api/search.ts";
export type { Correction, Message, Participant, Reaction, Room } from "../../schema/protocol/room/entities.ts";
export { type ClientOptions, createClient, type RoomLease, type StudyMateClient } from "./client.ts";
export type { DeniedReason, OfflineReason } from "./connection.ts";
export type { DebugEvent } from "./debug.ts";
export { type ErrorDetails, StudyMateError, type StudyMateErrorCode } from "./errors.ts";
export { type Call, devLogin, type HttpOptions, type MessageQuery, type Page, refreshTokens } from "./http.ts";
export type { OutgoingMessage, SendOptions, SentMessage } from "./outbox.ts";
export type { RoomConnection } from "./room.ts";
export type { RoomList, RoomListSnapshot } from "./room-list.ts";
export type { RoomSnapshot, RoomStatus } from "./snapshot.ts";
export type { SocketConstructor, SocketLike } from "./socket.ts";
export { type IndexedDbOptions, indexedDbStorage } from "./storage/indexed-db.ts";
export { type ClientStorage, memoryStorage, type StoredRow } from "./storage/storage.ts";
export { type StoredTokens, type StoredTokensOptions, storedTokens, type TokenStorage } from "./stored-tokens.ts";
export type { TokenNeed, TokenProvider } from "./tokens.ts";
