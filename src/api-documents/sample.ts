/**
 * The small world that every example of the documents tells of: Minji made a room, Daniel is in it, Sofia is not yet.
 * Its ids and tokens stand for real ones: who tries an example puts theirs in wherever one of these values appears.
 * Messages are numbered per room, so theirs are real already.
 */
import type { SessionUser } from "../../schema/api/auth.ts";
import type { SessionAnswer, SessionRecording } from "../../schema/api/sessions.ts";
import type { Notification } from "../../schema/notifications.ts";
import type { Message, Participant, Room } from "../../schema/protocol/room/entities.ts";

export const SAMPLE = {
  minji: 501,
  daniel: 502,
  sofia: 503,
  room: 7001,
  session: 8001,
  sessionStart: "2026-12-07T10:00:00.000Z",
  sessionEnd: "2026-12-07T11:00:00.000Z",
  laterStart: "2026-12-08T10:00:00.000Z",
  laterEnd: "2026-12-08T11:00:00.000Z",
  calendarFile: "tq3Y0cWJ8mS1vUqkZ5nB7dXgR2hPfLa9oE4iKxMwN6s.ics",
  report: 9001,
  mediaName: "k3T9xQ0mZr8vLw2yN5pB1g",
  epoch: 1795392000000,
  accessToken: "eyJhbGciOiJIUzI1NiJ9.access.of-minji",
  refreshToken: "minjis-refresh-token-as-a-sign-in-gave-it-0",
  device: 4001,
  signInCode: "a-code-from-the-fragment-of-the-address-0001",
  verifier: "what-the-page-made-up-and-kept-to-itself-0001",
  signupToken: "eyJhbGciOiJIUzI1NiJ9.signup.of-a-newcomer",
} as const;

const createdAt = "2026-11-22T09:30:00.000Z";

export const minji: SessionUser = {
  id: SAMPLE.minji,
  email: "minji@example.org",
  englishName: "Minji",
  koreanName: null,
  profileImageUrl: null,
};

export const tokens = {
  accessToken: SAMPLE.accessToken,
  expiresAt: "2026-11-22T09:45:00.000Z",
  refreshToken: SAMPLE.refreshToken,
  user: minji,
};

export const room: Room = {
  id: SAMPLE.room,
  roomType: "GROUP",
  name: "한국어 · English",
  description: "Every Friday evening",
  createdByUserId: SAMPLE.minji,
  isActive: true,
  createdAt,
  rev: 0,
};

function person(userId: number, name: string, role: Participant["role"]): Participant {
  const reading = { lastReadMessageId: 0, isActive: true, online: false, rev: 0 };
  return { userId, name, imageUrl: null, role, joinedAt: createdAt, ...reading };
}

export const participants = {
  minji: person(SAMPLE.minji, "Minji", "ADMIN"),
  daniel: person(SAMPLE.daniel, "Daniel", "MEMBER"),
  sofia: person(SAMPLE.sofia, "Sofia", "MEMBER"),
};

function said(id: number, senderId: number, content: string): Message {
  const noFile = { fileUrl: null, fileMetadata: null, replyToId: null };
  const asSent = { isEdited: false, editedAt: null, isDeleted: false, reactions: [], corrections: [], rev: 0 };
  const clientId = `b2c9e7a4-0${id}`;
  return { id, roomId: SAMPLE.room, senderId, messageType: "TEXT", content, ...noFile, clientId, createdAt, ...asSent };
}

/** What has been said in the room. */
export const messages = {
  minjis: said(1, SAMPLE.minji, "안녕하세요!"),
  daniels: said(2, SAMPLE.daniel, "I am agree"),
} as const;

export const correction = {
  userId: SAMPLE.minji,
  corrected: "I agree",
  note: "agree is a verb",
  createdAt: "2026-11-22T09:31:00.000Z",
};

/** What Minji was told of. */
export const notifications = {
  message: {
    id: 1,
    rev: 0,
    type: "MESSAGE",
    title: room.name ?? "",
    message: "New message from Daniel",
    data: {
      roomId: SAMPLE.room,
      messageId: messages.daniels.id,
      senderId: SAMPLE.daniel,
      senderName: "Daniel",
      roomName: room.name,
      messageType: "TEXT",
      count: 1,
    },
    isRead: false,
    readAt: null,
    priority: "HIGH",
    expiresAt: null,
    createdAt,
  },
} as const satisfies Record<string, Notification>;

const notYet = { joinedAt: null, leftAt: null, participationTime: 0, attendance: null, talk: [] };

/** Minji's session with Daniel, who has not answered yet. */
export const session: SessionAnswer = {
  id: SAMPLE.session,
  sessionType: "VIDEO_1V1",
  title: "여행 이야기 · Travel stories",
  description: "Bring a photo of a trip.",
  scheduledStartTime: SAMPLE.sessionStart,
  scheduledEndTime: SAMPLE.sessionEnd,
  actualStartTime: null,
  actualEndTime: null,
  status: "SCHEDULED",
  endReason: null,
  primaryLanguage: "ko",
  secondaryLanguage: "en",
  maxParticipants: 2,
  createdByUserId: SAMPLE.minji,
  seriesId: null,
  createdAt,
  rev: 1,
  participants: [
    { userId: SAMPLE.minji, name: "Minji", imageUrl: null, role: "HOST", invitation: "CONFIRMED", ...notYet },
    { userId: SAMPLE.daniel, name: "Daniel", imageUrl: null, role: "PARTICIPANT", invitation: "INVITED", ...notYet },
  ],
  ownRating: null,
};

/** What Minji's client recorded of it, once all of it was sent. */
export const recording: SessionRecording = {
  id: 1,
  sessionId: SAMPLE.session,
  fileUrl: `/v1/sessions/${SAMPLE.session}/recordings/1/content`,
  fileSize: 7_340_032,
  duration: 1_800,
  format: "WEBM",
  quality: "720p",
  isAvailable: true,
  recordedByUserId: SAMPLE.minji,
  expiresAt: "2027-01-06T11:00:00.000Z",
  createdAt: "2026-12-07T10:05:00.000Z",
};
