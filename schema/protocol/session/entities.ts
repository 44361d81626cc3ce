/** What a session's own socket tells of: who is in the call, whose language it is, and what is recorded. */
import { z } from "zod";
import { SESSION_LIMITS, sessionRole } from "../../sessions.ts";
import { boundedText, timestamp, userId } from "../../values.ts";

export const media = z
  .object({ audio: z.boolean(), video: z.boolean(), screen: z.boolean() })
  .describe("What somebody sends: their microphone, their camera, their screen.");

export const generation = z
  .int()
  .min(0)
  .describe("How many sockets a participant has had: a signal to an earlier one is dropped. 0: none yet.");

export const peer = z
  .object({
    userId,
    name: z.string(),
    imageUrl: z.string().nullable(),
    role: sessionRole,
    connected: z.boolean().describe("They hold a socket."),
    joined: z.boolean().describe("They are in the call: signals reach them."),
    media,
    generation,
    polite: z.boolean().describe("You yield to this peer when offers collide. Exactly one of two does."),
  })
  .describe("Another confirmed participant, as you see them.");

/** As browsers make them. The texts go through byte for byte. */
export const sessionDescription = z
  .object({
    type: z.enum(["offer", "pranswer", "answer", "rollback"]),
    sdp: z.string().max(SESSION_LIMITS.descriptionBytes).optional(),
  })
  .describe(`RTCSessionDescriptionInit; \`sdp\` of at most ${SESSION_LIMITS.descriptionBytes} bytes.`);

const candidateText = z.string().max(SESSION_LIMITS.candidateBytes);
export const iceCandidate = z
  .object({
    candidate: candidateText.optional(),
    sdpMid: candidateText.nullable().optional(),
    sdpMLineIndex: z.int().min(0).max(65_535).nullable().optional(),
    usernameFragment: candidateText.nullable().optional(),
  })
  .describe("RTCIceCandidateInit. An empty `candidate` ends them.");

export const iceServer = z
  .object({
    urls: z.array(z.string()),
    username: z.string().optional(),
    credential: z.string().optional(),
  })
  .describe("RTCIceServer; `username` and `credential` are short-lived.");

export const recordingState = z
  .object({
    isRecording: z.boolean(),
    startedAt: timestamp.nullable(),
    startedByUserId: userId.nullable().describe("Whose client records."),
    consentedUserIds: z.array(userId).describe("Recording goes on only while everybody in the call is among them."),
  })
  .describe("Whether the call is recorded, and who agrees.");

export const callMessage = z
  .object({
    id: z.int().min(1),
    userId,
    content: boundedText(SESSION_LIMITS.chatCharacters),
    createdAt: timestamp,
  })
  .describe("Something written in the call; gone when it is over.");

export type Media = z.infer<typeof media>;
export type Peer = z.infer<typeof peer>;
export type IceServer = z.infer<typeof iceServer>;
export type RecordingState = z.infer<typeof recordingState>;
export type CallMessage = z.infer<typeof callMessage>;
export type SessionDescription = z.infer<typeof sessionDescription>;
export type IceCandidate = z.infer<typeof iceCandidate>;
