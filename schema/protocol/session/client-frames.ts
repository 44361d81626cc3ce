/** What a client may send on a session's socket. Unknown fields are ignored; every known one is checked. */
import { z } from "zod";
import { SESSION_LIMITS } from "../../sessions.ts";
import { emoji, filledText, ref, userId } from "../../values.ts";
import { envelopeClientFrame } from "../envelope.ts";
import { generation, iceCandidate, media, sessionDescription } from "./entities.ts";

const command = { ref: ref.optional() };

export const join = z
  .object({ type: z.literal("join"), ...command, media })
  .describe("Enters the call; again, with other media, changes nothing but these.");

export const leave = z
  .object({ type: z.literal("leave"), ...command })
  .describe("Leaves the call; one may join again.");

export const signal = z
  .object({
    type: z.literal("signal"),
    ...command,
    to: userId,
    toGeneration: generation.describe("The peer's, as last told. A signal to an earlier one is dropped."),
    description: sessionDescription.optional(),
    candidate: iceCandidate.nullable().optional(),
  })
  .refine(({ description, candidate }) => (description === undefined) !== (candidate === undefined), {
    message: "must have `description` or `candidate`, and not both",
  })
  .describe("Relayed to one peer, if both are in the call. Answered only where it is refused.");

export const mediaChange = z
  .object({ type: z.literal("media"), ...command, audio: z.boolean(), video: z.boolean(), screen: z.boolean() })
  .describe("What one sends from now on.");

export const speaking = z
  .object({ type: z.literal("speaking"), ...command, active: z.boolean() })
  .describe("One began or ended to talk; said again every 20 seconds of talking, or it ends after a minute.");

export const languageSwitch = z
  .object({ type: z.literal("language.switch"), ...command })
  .describe("Asks for the other language, which it is once everybody in the call has asked.");

export const recordingConsent = z
  .object({ type: z.literal("recording.consent"), ...command, granted: z.boolean() })
  .describe("Agrees to be recorded, or does not any more: then a recording stops at once.");

export const recordingStart = z
  .object({ type: z.literal("recording.start"), ...command })
  .describe("One's own client records from now on. Everybody in the call has to have agreed, and nobody else records.");

export const recordingStop = z
  .object({ type: z.literal("recording.stop"), ...command })
  .describe("Ends the recording. Whoever records, or the host.");

export const chat = z
  .object({ type: z.literal("chat"), ...command, content: filledText(SESSION_LIMITS.chatCharacters) })
  .describe("Writes to everybody in the session.");

export const reaction = z
  .object({ type: z.literal("reaction"), ...command, emoji })
  .describe("Shows everybody an emoji for a moment.");

export const end = z
  .object({ type: z.literal("end"), ...command })
  .describe("Ends the session for everybody. The host.");

export const remove = z
  .object({ type: z.literal("remove"), ...command, userId })
  .describe("Removes a participant, who cannot come back. The host.");

export const mute = z
  .object({ type: z.literal("mute"), ...command, userId })
  .describe("Asks a participant's client to turn its microphone off. The host.");

export const sessionCommand = z.discriminatedUnion("type", [
  join,
  leave,
  signal,
  mediaChange,
  speaking,
  languageSwitch,
  recordingConsent,
  recordingStart,
  recordingStop,
  chat,
  reaction,
  end,
  remove,
  mute,
]);
/** A checked command. */
export type SessionCommand = z.infer<typeof sessionCommand>;

export const sessionClientFrame = z.discriminatedUnion("type", [
  ...sessionCommand.options,
  ...envelopeClientFrame.options,
]);
export type SessionClientFrame = z.input<typeof sessionClientFrame>;
