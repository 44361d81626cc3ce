/** Scalars that frames, bodies and RPC share. */
import { z } from "zod";
import { LIMITS } from "./protocol/limits.ts";

/** Length in characters as people count them in most scripts: code points, not UTF-16 units. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export const boundedText = (maximum: number) =>
  z
    .string()
    // The codec refuses these as well, wherever they stand in a frame: SQLite's JSON stops at the one, the other is no UTF-8.
    .refine((text) => !text.includes("\0") && text.isWellFormed(), "must be well-formed text without U+0000")
    .refine((text) => text.length <= maximum || characters(text) <= maximum, `at most ${maximum} characters`)
    .meta({ maxLength: maximum });

/** White space, and characters that show nothing: zero width, Braille blank, Hangul fillers. */
const BLANK = /^[\s\u115f\u1160\u200b-\u200f\u2060\u2800\u3164\uffa0]*$/;

/** Text that says something. */
export const filledText = (maximum: number) =>
  boundedText(maximum).refine((text) => !BLANK.test(text), "must not be blank");

export const userId = z.int().min(1).describe("A user.");
export const roomId = z.int().min(1).describe("A room.");
export const messageId = z.int().min(1).describe("The number of a message in its room: 1, 2, 3 … without gaps.");
/** A position among messages, where 0 is before the first. */
export const lastMessageId = z.int().min(0);
export const rev = z
  .int()
  .min(0)
  .describe("The number of a change in its room: 1, 2, 3 … without gaps; 0 where nothing was changed yet.");
export const timestamp = z.iso
  .datetime({ precision: 3 })
  .describe("ISO 8601 in UTC with milliseconds: `2026-11-22T09:30:00.000Z`.");

export const ref = z
  .union([z.int(), z.string().max(LIMITS.refCharacters)])
  .describe("Chosen by the client; the answer carries it back.");
export type Ref = z.infer<typeof ref>;

const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v;
/** One emoji, in its fully qualified form: ❤ and ❤️ are the same. */
export const emoji = z
  .string()
  .max(40)
  .regex(EMOJI, "exactly one emoji")
  .overwrite((text) => (/^\p{RGI_Emoji}$/v.test(`${text}\uFE0F`) ? `${text}\uFE0F` : text))
  .describe("Exactly one emoji.");

export const roomType = z.enum(["DIRECT", "GROUP"]);
export const participantRole = z.enum(["ADMIN", "MEMBER"]);
export const messageType = z.enum(["TEXT", "IMAGE", "VOICE", "FILE", "SYSTEM"]);

export type RoomType = z.infer<typeof roomType>;
export type ParticipantRole = z.infer<typeof participantRole>;
export type MessageType = z.infer<typeof messageType>;

/** Any JSON; the codec bounds its depth. */
export const jsonValue = z.json();

export const fileMetadata = z
  .record(z.string(), jsonValue)
  .refine(
    (value) => JSON.stringify(value).length <= LIMITS.fileMetadataBytes,
    `at most ${LIMITS.fileMetadataBytes} bytes`,
  )
  .describe("Free JSON beside a file: its name, size, duration. Small.");
