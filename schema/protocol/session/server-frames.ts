/** What the server sends on a session's socket. */
import { z } from "zod";
import { endReason, learningSession, sessionRole, sessionSummary, talkTime } from "../../sessions.ts";
import { emoji, timestamp, userId } from "../../values.ts";
import { ack, batch, errorFrame, probe } from "../envelope.ts";
import {
  callMessage,
  generation,
  iceCandidate,
  iceServer,
  peer,
  recordingState,
  sessionDescription,
} from "./entities.ts";

const turn = {
  language: z.string().describe("BCP 47: the language to speak now."),
  nextSwitchAt: timestamp.nullable().describe("When it is the other one's turn; null: not any more."),
};

export const welcome = z
  .object({
    type: z.literal("welcome"),
    protocol: z.int().describe("The version of the wire."),
    session: learningSession,
    you: z.object({ userId, role: sessionRole, generation }),
    peers: z.array(peer).describe("The other confirmed participants, in the call or not."),
    iceServers: z.array(iceServer),
    ...turn,
    languageRequestedBy: z.array(userId).describe("Who asked for the other language."),
    endsAt: timestamp.describe("When the call is ended, if nobody ends it before."),
    talk: z.array(talkTime),
    recording: recordingState,
    messages: z.array(callMessage).describe("What was written in the call, the latest 100, the oldest first."),
    serverTime: timestamp,
  })
  .describe("The first frame of every socket of a session.");

export const peerJoined = z
  .object({ type: z.literal("peer.joined"), peer })
  .describe("A participant is in the call: whoever was there before may offer.");

export const peerLeft = z
  .object({
    type: z.literal("peer.left"),
    userId,
    reason: z
      .enum(["left", "lost", "superseded", "removed"])
      .describe("`lost`: no socket for a minute. `superseded`: came again from elsewhere, and joins anew."),
  })
  .describe("A participant is not in the call any more.");

export const peerUpdated = z
  .object({ type: z.literal("peer.updated"), peer })
  .describe("A participant's socket, media or generation is another.");

export const signal = z
  .object({
    type: z.literal("signal"),
    from: userId,
    generation: generation.describe("The sender's."),
    description: sessionDescription.optional(),
    candidate: iceCandidate.nullable().optional(),
  })
  .describe("From a peer, to this one alone.");

export const sessionStarted = z
  .object({ type: z.literal("session.started"), session: learningSession, ...turn, endsAt: timestamp })
  .describe("Two are in the call.");

export const sessionUpdated = z
  .object({ type: z.literal("session.updated"), session: learningSession, ...turn, endsAt: timestamp })
  .describe("The host changed what it is about.");

export const sessionEnding = z
  .object({ type: z.literal("session.ending"), endsAt: timestamp })
  .describe("Five minutes are left.");

export const sessionEnded = z
  .object({ type: z.literal("session.ended"), reason: endReason, summary: sessionSummary })
  .describe("It is over; the socket is closed with 4404 after it.");

export const sessionCancelled = z
  .object({ type: z.literal("session.cancelled"), reason: endReason, session: learningSession })
  .describe("It does not take place; the socket is closed with 4404 after it.");

export const languageSwitched = z
  .object({ type: z.literal("language.switched"), ...turn })
  .describe("It is the other language's turn.");

export const languageRequested = z
  .object({ type: z.literal("language.requested"), userIds: z.array(userId) })
  .describe("Who in the call has asked for the other language.");

export const recordingChanged = z
  .object({ type: z.literal("recording.changed"), recording: recordingState })
  .describe("Somebody agreed or did not any more, or the recording began or ended.");

export const talkUpdated = z
  .object({ type: z.literal("talk.updated"), ...talkTime.shape, speaking: z.boolean() })
  .describe("Somebody began or ended to talk: their seconds until now.");

export const chat = z.object({ type: z.literal("chat"), message: callMessage }).describe("Written in the call.");

export const reaction = z
  .object({ type: z.literal("reaction"), userId, emoji })
  .describe("Shown for a moment; kept nowhere.");

export const muteRequested = z
  .object({ type: z.literal("mute.requested"), userId })
  .describe("The host asks you to turn your microphone off.");

export const sessionEvent = z.discriminatedUnion("type", [
  peerJoined,
  peerLeft,
  peerUpdated,
  signal,
  sessionStarted,
  sessionUpdated,
  sessionEnding,
  sessionEnded,
  sessionCancelled,
  languageSwitched,
  languageRequested,
  recordingChanged,
  talkUpdated,
  chat,
  reaction,
  muteRequested,
]);
export type SessionEvent = z.infer<typeof sessionEvent>;

export const sessionServerFrame = z.discriminatedUnion("type", [
  welcome,
  ...sessionEvent.options,
  ack,
  errorFrame,
  probe,
  batch,
]);
export type SessionServerFrame = z.infer<typeof sessionServerFrame>;
export type SessionWelcome = z.infer<typeof welcome>;
