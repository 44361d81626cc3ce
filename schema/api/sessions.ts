/** Bodies of `/v1/sessions*`, `/v1/ice-servers` and `/v1/me/calendar-feed`. */
import { z } from "zod";
import { iceServer } from "../protocol/session/entities.ts";
import {
  learningSession,
  rating,
  SESSION_LIMITS,
  sessionId,
  sessionParticipant,
  sessionStatus,
  sessionType,
} from "../sessions.ts";
import { boundedText, timestamp, userId } from "../values.ts";
import { languageCode, timeZone } from "./people.ts";
import { pageQuery } from "./rooms.ts";

/** A moment in any offset; what is answered is UTC. */
const moment = z.iso
  .datetime({ offset: true })
  .describe("ISO 8601 with `Z` or an offset: `2026-11-22T09:30:00.000Z`, `2026-11-22T18:30:00+09:00`.");

const title = boundedText(SESSION_LIMITS.titleCharacters);
const description = boundedText(SESSION_LIMITS.descriptionCharacters);

export const recurrence = z
  .object({
    frequency: z.literal("WEEKLY"),
    count: z.int().min(2).max(SESSION_LIMITS.occurrences).describe("How many sessions, the first included."),
    timeZone: timeZone
      .optional()
      .describe(
        "Whose clocks the time of day is kept by, also when they change. Default: that of one's profile, else UTC.",
      ),
  })
  .describe("The same weekday and time of day each week. Each occurrence is a session of its own.");

export const createSessionRequest = z.object({
  sessionType,
  title: title.nullish(),
  description: description.nullish(),
  scheduledStartTime: moment,
  scheduledEndTime: moment,
  primaryLanguage: languageCode,
  secondaryLanguage: languageCode.nullish(),
  maxParticipants: z
    .int()
    .min(2)
    .max(SESSION_LIMITS.participants)
    .optional()
    .describe("2 for AUDIO_1V1 and VIDEO_1V1; by default 4 for GROUP_VIDEO."),
  inviteeIds: z.array(userId).max(SESSION_LIMITS.invited),
  recurrence: recurrence.nullish(),
});
export type CreateSessionRequest = z.infer<typeof createSessionRequest>;

export const updateSessionRequest = z
  .object({
    title: title.nullish(),
    description: description.nullish(),
    primaryLanguage: languageCode.optional(),
    secondaryLanguage: languageCode.nullish(),
    scheduledStartTime: moment.optional().describe("Another time asks everybody anew. Goes with `scheduledEndTime`."),
    scheduledEndTime: moment.optional(),
  })
  .refine(({ scheduledStartTime, scheduledEndTime }) => !scheduledStartTime === !scheduledEndTime, {
    message: "goes with scheduledStartTime",
    path: ["scheduledEndTime"],
  });
export type UpdateSessionRequest = z.infer<typeof updateSessionRequest>;

export const inviteRequest = z.object({ inviteeIds: z.array(userId).min(1).max(SESSION_LIMITS.invited) });
export const cancelSessionRequest = z.object({
  scope: z
    .enum(["THIS", "FOLLOWING"])
    .default("THIS")
    .describe("`FOLLOWING`: this one and those after it of the same series."),
});
export const rateSessionRequest = z.object({
  rating,
  feedback: boundedText(SESSION_LIMITS.feedbackCharacters).nullish(),
});

const ownRating = z
  .object({ rating, feedback: z.string().nullable() })
  .nullable()
  .describe("What one gave oneself; null: not yet.");

/** The session is the body itself. */
export const sessionAnswer = learningSession.extend({
  participants: z
    .array(sessionParticipant)
    .describe("Of one session, those who wait come last, in the order in which they get a place."),
  ownRating,
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;

export const createSessionAnswer = sessionAnswer.extend({
  occurrences: z
    .array(z.object({ id: sessionId, scheduledStartTime: timestamp, scheduledEndTime: timestamp }))
    .describe("Of a recurrence, all of them, this one included; else this one."),
});

/** In a query string, the `+` of an offset that was not escaped arrives as a space. */
const queryMoment = z
  .string()
  .overwrite((text) => text.replace(" ", "+"))
  .pipe(moment);

export const sessionQuery = pageQuery.extend({
  from: queryMoment.optional().describe("Those that end after it."),
  to: queryMoment.optional().describe("Those that start before it."),
  status: sessionStatus.optional(),
});

/** The earliest first. */
export const sessionList = z.object({ items: z.array(sessionAnswer), nextCursor: z.string().nullable() });
export type SessionList = z.infer<typeof sessionList>;

export const iceServersAnswer = z.object({
  iceServers: z.array(iceServer),
  expiresAt: timestamp.nullable().describe("When the credentials end; null: there are none."),
});

export const calendarFeed = z.object({
  url: z.string().describe("Secret: whoever has it reads one's sessions. Another one is made with each POST."),
});

export const recordingFormat = z.enum(["WEBM", "MP4", "OGG"]);

export const sessionRecording = z
  .object({
    id: z.int().min(1).describe("Its number in the session."),
    sessionId,
    fileUrl: z.string().nullable().describe("Where it is fetched, with ranges; null: not whole yet, or gone."),
    fileSize: z.int().min(0).nullable().describe("Bytes."),
    duration: z.int().min(0).nullable().describe("Seconds."),
    format: recordingFormat,
    quality: z.string().nullable(),
    isAvailable: z.boolean(),
    recordedByUserId: userId.nullable(),
    expiresAt: timestamp.nullable().describe("When it is deleted."),
    createdAt: timestamp,
  })
  .describe("What was recorded of a session.");
export type SessionRecording = z.infer<typeof sessionRecording>;
export const recordingList = z.object({ items: z.array(sessionRecording), nextCursor: z.null() });

export const createRecordingRequest = z.object({
  contentType: z.string().max(200).describe("As MediaRecorder says it: `video/webm;codecs=vp8,opus`."),
});
/** Parts of `partSize` bytes each but the last one, in any order, each as often as it takes. */
export const createRecordingAnswer = sessionRecording.extend({ partSize: z.int(), maxParts: z.int() });
export type CreateRecordingAnswer = z.infer<typeof createRecordingAnswer>;
export const recordingPart = z.object({ number: z.int().min(1), size: z.int().min(1), etag: z.string() });
export const recordingUpload = sessionRecording.extend({ partSize: z.int(), parts: z.array(recordingPart) });
export type RecordingUpload = z.infer<typeof recordingUpload>;
export const completeRecordingRequest = z.object({
  duration: z.int().min(0).max(86_400).describe("Seconds."),
  quality: z.string().max(20).nullish(),
});
export type CompleteRecordingRequest = z.input<typeof completeRecordingRequest>;
