/** Bodies of `/v1/auth/*`. */
import { z } from "zod";
import { LIMITS } from "../protocol/limits.ts";
import { filledText, timestamp, userId } from "../values.ts";

const name = filledText(LIMITS.nameCharacters);

export const devLoginRequest = z
  .object({
    email: z.email().max(255),
    englishName: name.optional().describe("Without it, the address up to the @."),
    birthDate: z.iso.date().optional().describe("Without it, an adult's is assumed."),
  })
  .describe("Who one is. A first sign-in makes the user.");
export type DevLoginRequest = z.infer<typeof devLoginRequest>;

export const refreshRequest = z.object({ refreshToken: z.string().min(1).max(8_192) });

export const sessionUser = z.object({
  id: userId,
  email: z.string(),
  englishName: z.string(),
  koreanName: z.string().nullable(),
  profileImageUrl: z.string().nullable(),
});
export type SessionUser = z.infer<typeof sessionUser>;

export const tokenAnswer = z.object({
  accessToken: z.string(),
  expiresAt: timestamp.describe("When the access token expires."),
  refreshToken: z.string(),
  user: sessionUser,
});
export type TokenAnswer = z.infer<typeof tokenAnswer>;
