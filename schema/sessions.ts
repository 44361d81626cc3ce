/** What a learning session is made of, on every side. */
import { z } from "zod";
import { SESSION_LIMITS } from "./session-limits.ts";
import { timestamp, userId } from "./values.ts";

export { SESSION_LIMITS, SESSION_TIMING } from "./session-limits.ts";

export const sessionId = z.int().min(1).describe("A learning session.");

export const sessionType = z.enum(["AUDIO_1V1", "VIDEO_1V1", "GROUP_VIDEO"]);
export const sessionStatus = z.enum(["SCHEDULED", "IN_PROGRESS", "COMPLETED", "CANCELLED"]);
export const sessionRole = z.enum(["HOST", "PARTICIPANT"]);
export const invitation = z
  .enum(["INVITED", "CONFIRMED", "WAITLISTED", "DECLINED", "REMOVED"])
  .describe(
    "`WAITLISTED`: said yes when the session was full; is confirmed when somebody declines. `REMOVED`: by the host.",
  );
export const attendance = z.enum(["ATTENDED", "NO_SHOW"]).describe("Known once the session is over.");
export const endReason = z
  .enum(["HOST", "ENDED", "EVERYBODY_LEFT", "CANCELLED", "UNCONFIRMED", "NO_SHOW"])
  .describe(
    "Why it is over. COMPLETED: the host ended it, its time was up, or everybody had left. CANCELLED: the host called it off, " +
      "nobody had confirmed by its start, or fewer than two came.",
  );

export type SessionType = z.infer<typeof sessionType>;
export type SessionStatus = z.infer<typeof sessionStatus>;
export type SessionRole = z.infer<typeof sessionRole>;
export type Invitation = z.infer<typeof invitation>;
export type Attendance = z.infer<typeof attendance>;
export type EndReason = z.infer<typeof endReason>;

export const languageSeconds = z.object({ language: z.string(), seconds: z.int().min(0) });
export const talkTime = z
  .object({
    userId,
    seconds: z.int().min(0).describe("In all languages."),
    languages: z.array(languageSeconds),
  })
  .describe("How long somebody has talked, by the language whose turn it was.");
export type TalkTime = z.infer<typeof talkTime>;

export const learningSession = z.object({
  id: sessionId,
  sessionType,
  title: z.string().nullable(),
  description: z.string().nullable(),
  scheduledStartTime: timestamp,
  scheduledEndTime: timestamp,
  actualStartTime: timestamp.nullable().describe("When two were in the call."),
  actualEndTime: timestamp.nullable(),
  status: sessionStatus,
  endReason: endReason.nullable(),
  primaryLanguage: z.string().describe("BCP 47; spoken in the first half."),
  secondaryLanguage: z.string().nullable().describe("BCP 47; spoken in the second half. Null: there is no switch."),
  maxParticipants: z.int().min(2).max(SESSION_LIMITS.participants),
  createdByUserId: userId.nullable().describe("The host. Null: their account is gone."),
  seriesId: z.int().min(1).nullable().describe("The same for every occurrence of one recurrence."),
  createdAt: timestamp,
  rev: z.int().min(0).describe("The number of its latest change. Of two states, the higher holds."),
});
export type LearningSession = z.infer<typeof learningSession>;

export const sessionParticipant = z.object({
  userId,
  name: z.string(),
  imageUrl: z.string().nullable(),
  role: sessionRole,
  invitation,
  joinedAt: timestamp.nullable().describe("First of all times."),
  leftAt: timestamp.nullable().describe("Last of all times; null while they are in the call."),
  participationTime: z.int().min(0).describe("Seconds in the call, all times together."),
  attendance: attendance.nullable(),
  talk: talkTime.shape.languages,
});
export type SessionParticipant = z.infer<typeof sessionParticipant>;

export const sessionSummary = z
  .object({
    session: learningSession,
    participants: z.array(sessionParticipant),
    /** Seconds with two or more in the call. */
    duration: z.int().min(0).describe("Seconds from the actual start to the actual end."),
  })
  .describe("How a session went.");
export type SessionSummary = z.infer<typeof sessionSummary>;

export const rating = z.int().min(1).max(5);
