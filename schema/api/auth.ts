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

export const providerName = z.enum(["google", "naver"]);
export type ProviderName = z.infer<typeof providerName>;

export const signInChoices = z
  .object({
    items: z.array(providerName).describe("Providers that the operator has registered with."),
    devLogin: z.boolean().describe("Whether `POST /v1/auth/dev-login` is open."),
  })
  .describe("How one may sign in here.");
export type SignInChoices = z.infer<typeof signInChoices>;

const PROOF = /^[\w-]{43}$/;

export const startQuery = z.object({
  returnTo: z
    .string()
    .max(2_048)
    .optional()
    .describe(
      "The page to return to: a path of this server, or an address of an allowed origin. It gets `#code=`, or `#error=` " +
        "with a code of a problem. Without it, the way back from the provider answers as `POST /v1/auth/exchange` does.",
    ),
  challenge: z
    .string()
    .regex(PROOF, "must be a SHA-256 in base64url")
    .optional()
    .describe("Needed with `returnTo`: SHA-256 of the `verifier` that the page keeps, base64url without padding."),
});
export type StartQuery = z.infer<typeof startQuery>;

export const callbackQuery = z.object({
  state: z
    .string()
    .min(1)
    .max(512)
    .describe("As the provider was given it.")
    .meta({ examples: ["2Vx0-made-up-by-the-start"] }),
  code: z.string().max(4_096).optional(),
  error: z.string().max(512).optional().describe("Why the provider does not vouch for them."),
});

export const exchangeRequest = z.object({
  code: z
    .string()
    .min(1)
    .max(128)
    .describe("From the fragment of the page that was returned to. Good for a minute, once."),
  verifier: z.string().regex(/^[\w.~-]{43,128}$/, "must be 43 to 128 unreserved characters"),
});

export const newcomerAnswer = z
  .object({
    signupToken: z.string().describe("For `POST /v1/auth/signup`, within 30 minutes."),
    email: z.string().nullable().describe("As the provider says. Null: the sign-up has to say it."),
    name: z.string().nullable().describe("As the provider says: a suggestion."),
    birthDate: z.iso.date().nullable().describe("As the provider says: a suggestion."),
  })
  .describe("Nobody has signed up with this account yet.");
export type NewcomerAnswer = z.infer<typeof newcomerAnswer>;

export const signUpRequest = z.object({
  signupToken: z.string().min(1).max(8_192),
  birthDate: z.iso.date(),
  englishName: name,
  email: z.email().max(255).optional().describe("Needed where the provider gave none, ignored elsewhere."),
});

export const device = z
  .object({
    id: z.int().min(1),
    userAgent: z.string().nullable().describe("What its browser or app said of itself."),
    ipAddress: z.string().nullable().describe("From where it was last seen."),
    lastActivityAt: timestamp.describe("When it last got tokens."),
    createdAt: timestamp.describe("When one signed in there."),
    isCurrent: z.boolean().describe("The one that asks."),
  })
  .describe("A sign-in that has not ended.");
export type Device = z.infer<typeof device>;

export const deviceList = z.object({ items: z.array(device), nextCursor: z.null() });
export type DeviceList = z.infer<typeof deviceList>;

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
