/**
 * What objects offer to the Worker and to each other. Refusals are values; a thrown error is a fault, and may be retried.
 * Callers are trusted: they authenticated the user whose id they pass.
 */
import type { Notification, NotificationRequest, NotificationSettings } from "./notifications.ts";
import type { ErrorCode } from "./protocol/errors.ts";
import type { InboxEntry, PresenceStatus } from "./protocol/me/entities.ts";
import type { Message, Participant, Room } from "./protocol/room/entities.ts";
import type { Result } from "./result.ts";
import type { Invitation, LearningSession, SessionParticipant, SessionType } from "./sessions.ts";
import type { MessageType, ParticipantRole, RoomType } from "./values.ts";

export type Answer<Value> = Result<Value, ErrorCode>;

/** Who holds a socket: taken from a verified access token, handed to the object with the upgrade request. */
export interface SocketIdentity {
  readonly userId: number;
  /** The device (`sid`) that the token was issued to. */
  readonly deviceId: string;
  /** When the token expires, epoch milliseconds. */
  readonly expiresAt: number;
}

export interface NewParticipant {
  readonly userId: number;
  readonly name: string;
  readonly imageUrl: string | null;
  readonly role: ParticipantRole;
}

/** `userId` blocked `otherId`. */
export interface BlockedPair {
  readonly userId: number;
  readonly otherId: number;
}

export interface NewRoom {
  readonly id: number;
  readonly roomType: RoomType;
  readonly name: string | null;
  readonly description: string | null;
  readonly createdByUserId: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly participants: readonly NewParticipant[];
  /** Of these people, by these people. */
  readonly blocks?: readonly BlockedPair[];
}

export interface RoomView {
  readonly room: Room;
  readonly participants: readonly Participant[];
}

/** `before`: the ids below it; `after`: the ids above it; `around`: a message in the middle; none of them: the newest. */
export interface PageRequest {
  readonly before?: number;
  readonly after?: number;
  /** `time`: the first message at or after it, epoch milliseconds. */
  readonly around?: { readonly id: number } | { readonly time: number };
  readonly limit: number;
  /** Every row of the page, whatever D1 is believed to have. */
  readonly whole?: boolean;
}

/** Which ids make up a page, and those of its rows that the main database may not have yet. */
export interface PageOverlay {
  /** First and last id of the page, both included; `first > last` for an empty page. */
  readonly first: number;
  readonly last: number;
  /** The room's newest message, 0 in an empty room. */
  readonly newest: number;
  /** The message that `around` found; null in an empty room. */
  readonly around?: number | null;
  readonly unflushed: readonly Message[];
  /** Rows of D1 that carry another epoch are of a history that no longer holds. */
  readonly epoch: number;
  /** D1 bookmark of the last flush: a read with it sees everything that is not in `unflushed`. */
  readonly bookmark: string | null;
}

/** Where a destination of the flush stands against the object. */
export interface FlushReport {
  readonly destination: string;
  /** Nothing is left to write. */
  readonly complete: boolean;
  readonly rowsSent: number;
  readonly parked: number;
  /** Why it stopped, if it is not complete. */
  readonly problem?: "unreachable" | "ahead" | "more";
}

/** How far a destination of the flush is behind the object. */
export interface FlushState {
  readonly destination: string;
  readonly isReachable: boolean;
  /** It was found ahead of the object: nothing is written until an operator renews the epoch. */
  readonly isHeld: boolean;
  readonly complete: boolean;
  /** Where it stood when it last answered; null: it holds nothing, or has not answered since the object woke up. */
  readonly position: { readonly epoch: number; readonly messageId: number; readonly rev: number } | null;
  /** Null, as the two below it: not known, since it has not answered. */
  readonly messagesWaiting: number | null;
  /** Earlier messages that were changed since; counted up to 1,000. */
  readonly changesWaiting: number | null;
  /** When the first message was sent that waits, ISO 8601; null also where none waits. */
  readonly waitingSince: string | null;
}

/** How a room stands for one of its people, as it tells their inbox. Of two, the one of the later state holds. */
export interface InboxUpdate extends InboxEntry {
  readonly room: Room;
  /** The state of the room that it was made from. */
  readonly epoch: number;
  readonly rev: number;
  /** When it was made, by the room's clock, which here never goes back: a quiet marker or a block takes no rev. */
  readonly madeAt: number;
  /** False: the room is not theirs any more. */
  readonly isActive: boolean;
  /** The other one of a DIRECT room in which both have written and no block is; they may know of each other. */
  readonly partnerId: number | null;
  /** The latest of the unread messages; null where there is none. */
  readonly latestUnread: UnreadMessage | null;
  /** They hold a socket of the room: they may be looking. */
  readonly isHere: boolean;
}

/** A message that somebody has yet to read, as their notification tells of it. */
export interface UnreadMessage {
  readonly id: number;
  readonly senderId: number;
  readonly senderName: string;
  readonly messageType: MessageType;
}

/** A room as a list of rooms shows it to one of its people. */
export interface ListedRoom extends InboxEntry {
  readonly room: Room;
  /** What the list is ordered by: the last message's time, or the room's own. Epoch milliseconds. */
  readonly activity: number;
}

/** What somebody shows, since when. Of two states of one person, the later one holds. Epoch milliseconds. */
export interface PresenceState {
  readonly status: PresenceStatus;
  /** When their last socket ended; null while they are there, or not known. */
  readonly lastSeen: number | null;
  readonly since: number;
}

export interface UserPresenceRpc {
  /** A room of theirs stands otherwise. Told twice, or in another order, it comes to the same. */
  roomChanged(update: InboxUpdate): Promise<void>;
  /** Another one tells what they show, and learns what this one shows them: `offline` unless they are partners. */
  meet(userId: number, state: PresenceState): Promise<PresenceState>;
  /** The rooms of the list after this one, the latest first; one more than `limit`, where there is one. */
  listRooms(page: { after: readonly [activity: number, roomId: number] | null; limit: number }): Promise<ListedRoom[]>;
  /** Closes sockets (4401), all or those of one device. Returns how many. */
  endSockets(userId: number, deviceId?: string): Promise<number>;
  /** Tells them of something. The same cause again makes nothing new. Returns its number; null where none was made. */
  notify(request: NotificationRequest): Promise<number | null>;
  /** Their notifications, the latest first. */
  notifications(page: NotificationPageRequest): Promise<NotificationPage>;
  /** Those of these numbers, or all. Returns how many are unread then. */
  readNotifications(ids: readonly number[] | "all"): Promise<number>;
  notificationSettings(): Promise<NotificationSettings>;
  changeNotificationSettings(settings: NotificationSettings): Promise<void>;
  /** Their languages or their time zone changed in D1. */
  profileChanged(): Promise<void>;
  /** Somebody's account is gone: whatever has their name in it is removed. */
  forget(userId: number): Promise<void>;
  /** Flushes now; tries parked rows again. Empty where there was never a notification. */
  flush(): Promise<readonly FlushReport[]>;
  /** After a restore: D1 follows the object from then on. `not_found` where there was never a notification. */
  renewEpoch(): Promise<Answer<number>>;
  /**
   * Their account is gone: nothing is left, and whatever rooms tell later is not kept. False: their partners have yet to
   * hear that they went; to be asked again. Idempotent.
   */
  erase(): Promise<boolean>;
}

/** A place in the list of notifications: when it was made, and its number. */
export type NotificationPosition = readonly [createdAt: number, id: number];

export interface NotificationPageRequest {
  readonly after: NotificationPosition | null;
  readonly limit: number;
  readonly unreadOnly: boolean;
}

export interface NotificationPage {
  /** At most one more than `limit`. */
  readonly items: readonly Notification[];
  readonly unread: number;
  /** The numbers of all that the object still has, where D1 may have earlier ones; all of those are read. */
  readonly kept: readonly number[] | null;
}

export interface ChatRoomRpc {
  /** Makes an empty object this room. Idempotent: an object that exists answers `ok` and changes nothing. */
  create(room: NewRoom): Promise<void>;
  /** False for an object that was never created, or lost its storage. */
  exists(): Promise<boolean>;
  /** The room as a participant sees it: `not_found` for an empty object, `forbidden` for everyone else. */
  describe(callerId: number): Promise<Answer<RoomView>>;
  /** Whether somebody is an active participant: `forbidden` if not. */
  admit(callerId: number): Promise<Answer<true>>;
  /** The overlay of a page of history, for an active participant. */
  page(callerId: number, request: PageRequest): Promise<Answer<PageOverlay>>;
  /** ADMIN of a GROUP. Changes name or description. */
  updateRoom(callerId: number, change: { name?: string | null; description?: string | null }): Promise<Answer<Room>>;
  /** These messages as they are now, without those that do not exist. */
  messages(callerId: number, ids: readonly number[]): Promise<Answer<readonly Message[]>>;
  /**
   * ADMIN of a GROUP. Someone who left comes back; someone who is there stays as they are. `blocks`: all that were made by
   * those added, or of them; those that concern nobody here are not kept.
   */
  addParticipants(
    callerId: number,
    added: readonly NewParticipant[],
    blocks?: readonly BlockedPair[],
  ): Promise<Answer<readonly Participant[]>>;
  /** ADMIN of a GROUP. The last ADMIN cannot step down. */
  updateParticipant(callerId: number, userId: number, role: ParticipantRole): Promise<Answer<Participant>>;
  /** Oneself, or as ADMIN of a GROUP anybody. Closes the sockets of the removed (4403) and flushes at once. */
  removeParticipant(callerId: number, userId: number): Promise<Answer<Participant>>;
  /** A changed name or picture reaches the room as `participant.updated`. Not a participant: nothing happens. */
  updateProfile(userId: number, profile: { name: string; imageUrl: string | null }): Promise<void>;
  /**
   * Says whether one blocks the other from now on. Idempotent. Nothing happens where they are not both known here;
   * `not_found` for an object that is not made yet: it is to be told again.
   */
  block(pair: BlockedPair, isBlocked: boolean): Promise<Answer<null>>;
  /** How the room stands for one of its people; null for everybody else, and for an object that does not exist. */
  inboxOf(userId: number): Promise<InboxUpdate | null>;
  /** Closes a user's sockets (4401), all or those of one device. Returns how many. */
  endSockets(userId: number, deviceId?: string): Promise<number>;
  /** Flushes now, instead of a few seconds after the next change; tries parked rows again. */
  flush(): Promise<readonly FlushReport[]>;
  /** How far each database is behind; writes nothing. Empty for an object that does not exist. */
  flushStates(): Promise<readonly FlushState[]>;
  /** After a restore: clients start over, and destinations drop what they have beyond the object. Returns the epoch. */
  renewEpoch(): Promise<Answer<number>>;
}

/** Somebody whom a session is told of. */
export interface NewSessionParticipant {
  readonly userId: number;
  readonly name: string;
  readonly imageUrl: string | null;
}

export interface NewSession {
  readonly id: number;
  readonly sessionType: SessionType;
  readonly title: string | null;
  readonly description: string | null;
  /** Epoch milliseconds. */
  readonly scheduledStartTime: number;
  readonly scheduledEndTime: number;
  readonly primaryLanguage: string;
  readonly secondaryLanguage: string | null;
  readonly maxParticipants: number;
  /** Among the participants; confirmed without being asked. */
  readonly hostId: number;
  readonly seriesId: number | null;
  readonly createdAt: number;
  readonly participants: readonly NewSessionParticipant[];
}

export interface OwnRating {
  readonly rating: number;
  readonly feedback: string | null;
}

/** A session as one of its people sees it. */
export interface SessionView {
  readonly session: LearningSession;
  readonly participants: readonly SessionParticipant[];
  /** What the caller gave. */
  readonly ownRating: OwnRating | null;
}

/** What the host may change without asking anybody anew. */
export interface SessionChange {
  readonly title?: string | null;
  readonly description?: string | null;
  readonly primaryLanguage?: string;
  readonly secondaryLanguage?: string | null;
}

/** A recording as its session keeps it. Epoch milliseconds. */
export interface StoredRecording {
  readonly number: number;
  readonly mediaKey: string;
  /** R2's name of the multipart upload; null once it is whole or was given up. */
  readonly uploadId: string | null;
  readonly fileSize: number | null;
  readonly duration: number | null;
  readonly format: string;
  readonly quality: string | null;
  readonly isAvailable: boolean;
  readonly recordedByUserId: number | null;
  /** When it is deleted: an upload as well as a whole one. Null once it is. */
  readonly expiresAt: number | null;
  readonly createdAt: number;
  readonly parts: readonly RecordingPart[];
}

export interface RecordingPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
}

export interface LearningSessionRpc {
  /** Makes an empty object this session, and tells those who are invited. Idempotent. */
  create(session: NewSession): Promise<void>;
  exists(): Promise<boolean>;
  /** For whoever was ever invited and not removed: `forbidden` for everyone else, `not_found` for an empty object. */
  describe(callerId: number): Promise<Answer<SessionView>>;
  /** The host, of a session to come. Who is there stays as they are; who declined is asked again. `too_large`: too many. */
  invite(callerId: number, invited: readonly NewSessionParticipant[]): Promise<Answer<SessionView>>;
  /** CONFIRMED, or WAITLISTED where it is full; again: as it is. `gone` once it is over. */
  confirm(callerId: number): Promise<Answer<{ readonly view: SessionView; readonly invitation: Invitation }>>;
  /** DECLINED; whoever waits longest takes the place. The host cannot: `conflict`. */
  decline(callerId: number): Promise<Answer<SessionView>>;
  /** The host, before it is over. */
  update(callerId: number, change: SessionChange): Promise<Answer<SessionView>>;
  /** The host, of a SCHEDULED session: everybody else is INVITED again. Epoch milliseconds. */
  reschedule(callerId: number, times: { readonly start: number; readonly end: number }): Promise<Answer<SessionView>>;
  /** The host, of a SCHEDULED session; again: as it is. */
  cancel(callerId: number): Promise<Answer<SessionView>>;
  /** Once each, of a COMPLETED session, by who was in the call: `conflict` for another one later. */
  rate(callerId: number, own: OwnRating): Promise<Answer<SessionView>>;
  /** A changed name or picture. Not a participant: nothing happens. */
  updateProfile(userId: number, profile: { name: string; imageUrl: string | null }): Promise<void>;
  /** There is a block between the two: whoever of them is not the host leaves a session to come; nothing in one that runs but the call's end for the guest. */
  separate(userId: number, otherId: number): Promise<void>;
  /** Their account is gone: what they said, rated and were called goes; a session to come that they host is cancelled. Idempotent. */
  erase(userId: number): Promise<void>;

  /** Somebody who has begun to record, within five minutes after the recording ended at the latest. */
  beginRecording(
    callerId: number,
    upload: {
      readonly mediaKey: string;
      readonly uploadId: string;
      readonly format: string;
      readonly expiresAt: number;
    },
  ): Promise<Answer<StoredRecording>>;
  /** Its recorder alone, while it is not whole. */
  recordingUpload(callerId: number, number: number): Promise<Answer<StoredRecording>>;
  keepRecordingPart(callerId: number, number: number, part: RecordingPart): Promise<Answer<StoredRecording>>;
  completeRecording(
    callerId: number,
    number: number,
    file: {
      readonly fileSize: number;
      readonly duration: number;
      readonly quality: string | null;
      readonly expiresAt: number;
    },
  ): Promise<Answer<StoredRecording>>;
  /** For everybody who was in the call: those that are there. */
  recordings(callerId: number): Promise<Answer<readonly StoredRecording[]>>;
  /** Null caller: it has expired, or its file is gone. Everybody who was in the call may delete it. Answers what is to be removed from R2. */
  deleteRecording(callerId: number | null, number: number): Promise<Answer<StoredRecording>>;

  endSockets(userId: number, deviceId?: string): Promise<number>;
  flush(): Promise<readonly FlushReport[]>;
  flushStates(): Promise<readonly FlushState[]>;
  renewEpoch(): Promise<Answer<number>>;
}
