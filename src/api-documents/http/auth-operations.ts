/** Signing in. */
import { devLoginRequest, refreshRequest, tokenAnswer } from "../../../schema/api/auth.ts";
import { minji, SAMPLE, tokens } from "../sample.ts";
import type { Operation } from "./operation.ts";

const answers = { 200: { description: "Tokens, and whose they are.", schema: tokenAnswer, example: tokens } };

export const AUTH_OPERATIONS = {
  "POST /v1/auth/dev-login": {
    id: "devLogin",
    area: "Signing in",
    summary: "Sign in for development",
    description: "Signs in as anybody, who is made at their first sign-in. Open only where `DEV_LOGIN` is `true`.",
    caller: "anybody",
    body: devLoginRequest,
    examples: {
      minji: {
        summary: "Minji signs in",
        body: { email: minji.email, englishName: "Minji", birthDate: "2001-05-14" },
        status: 200,
      },
    },
    answers,
    refusals: {
      invalid_frame: "The body does not fit its schema, or its person is younger than 13.",
      unauthorized: "This person was deactivated.",
      not_found: "`DEV_LOGIN` is not `true`.",
    },
  },
  "POST /v1/auth/refresh": {
    id: "refreshTokens",
    area: "Signing in",
    summary: "Get new tokens",
    description: "An access token lives for 15 minutes, a refresh token for 30 days. The device stays the same.",
    caller: "anybody",
    body: refreshRequest,
    examples: {
      refresh: { summary: "Minji's tokens again", body: { refreshToken: SAMPLE.refreshToken }, status: 200 },
    },
    answers,
    refusals: { unauthorized: "The refresh token is not valid, or its user was deactivated." },
  },
} as const satisfies Record<string, Operation>;
