/** Bodies and queries of `/v1/media*` and of one's picture. */
import { z } from "zod";
import { roomId, timestamp } from "../values.ts";
import { digits } from "./rooms.ts";

/** What a file is for: it decides which types are taken, how large they may be, and who may see it. */
export const mediaPurpose = z.enum(["avatar", "message", "voice"]);
export type MediaPurpose = z.infer<typeof mediaPurpose>;

export const voiceMs = z.int().min(1).max(3_600_000);

export const uploadQuery = z
  .object({
    purpose: mediaPurpose
      .describe("`avatar`: for one's profile. `message`: a picture or a file. `voice`: a voice message.")
      .meta({ examples: ["avatar"] }),
    roomId: digits
      .pipe(roomId)
      .optional()
      .describe("The room whose participants may see it: for everything but an avatar."),
    fileName: z
      .string()
      .min(1)
      .max(1_024)
      .optional()
      .describe("As the sender calls it. Shown, and proposed where it is saved; its type is found from its content."),
    durationMs: digits
      .pipe(voiceMs)
      .optional()
      .describe("How long a voice is, in milliseconds, as its recorder says: it is handed on and not checked."),
  })
  .refine(({ purpose, durationMs }) => durationMs === undefined || purpose === "voice", {
    path: ["durationMs"],
    message: "is for a voice alone",
  });

export const mediaAnswer = z
  .object({
    url: z
      .string()
      .describe(
        "Where it is fetched from. Given as it is as the `fileUrl` of a message it sends the file, once and within a day.",
      ),
    key: z.string().describe("`<purpose>/<user>/<name>`: the end of its address."),
    size: z.int().describe("Bytes, as they are kept: places and remarks are taken out of pictures."),
    contentType: z.string().describe("Found from the content."),
    width: z.int().optional().describe("Of a picture, in pixels."),
    height: z.int().optional(),
    durationMs: voiceMs.optional().describe("Of a voice, as its sender says."),
    fileName: z.string().optional().describe("As it is shown: without folders, with the ending of its type."),
  })
  .describe("A file that was uploaded. One that is not used within a day is removed.");
export type MediaAnswer = z.infer<typeof mediaAnswer>;

export const presignRequest = z
  .object({
    roomId,
    contentType: z.string().min(1).max(200).describe("Its type; what the file turns out to be must be the same."),
    sizeBytes: z.int().min(1).describe("Its exact size."),
    fileName: z.string().min(1).max(1_024).optional(),
  })
  .describe("A large file that is not a picture, before it is sent.");

export const presignAnswer = z
  .object({
    key: z.string().describe("Its key, once it is complete."),
    uploadUrl: z.string().describe("Where the file is to be sent with `PUT`, straight to the storage."),
    headers: z.record(z.string(), z.string()).describe("To be sent with it, as they are: they are signed."),
    expiresAt: timestamp.describe("The storage takes it until then."),
  })
  .describe("Leave to send one file.");
export type PresignAnswer = z.infer<typeof presignAnswer>;

export const avatarRequest = z
  .object({
    key: z.string().min(1).max(200).nullable().describe("Of an avatar that the caller uploaded; null for none."),
  })
  .describe("The picture of one's profile.");

export const avatarAnswer = z.object({ profileImageUrl: z.string().nullable() });
export type AvatarAnswer = z.infer<typeof avatarAnswer>;
