/** Signing in. */
import {
  callbackQuery,
  deviceList,
  devLoginRequest,
  exchangeRequest,
  newcomerAnswer,
  refreshRequest,
  signInChoices,
  signUpRequest,
  startQuery,
  tokenAnswer,
} from "../../../schema/api/auth.ts";
import { minji, SAMPLE, tokens } from "../sample.ts";
import type { Operation } from "./operation.ts";

const answers = { 200: { description: "Tokens, and whose they are.", schema: tokenAnswer, example: tokens } };

const KNOWN = { description: "Tokens, for who has signed up before.", schema: tokenAnswer, example: tokens };
const NEWCOMER = {
  description: "What `POST /v1/auth/signup` needs, for who has not.",
  schema: newcomerAnswer,
  example: { signupToken: SAMPLE.signupToken, email: minji.email, name: "Minji", birthDate: null },
};
const PROVIDER = { provider: { description: "`google` or `naver`.", example: "naver" } };
const NO_PROVIDER = "There is no such provider, or the operator has not registered with it.";
const RATE = "Too many requests from this address.";

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
    description:
      "An access token lives for 15 minutes, a refresh token for 30 days and one use: the answer has the next. Where that " +
      "was lost, the same request may be made again within 30 seconds, until the next one was used. A token that is " +
      "shown again after that was copied: its device is ended.",
    caller: "anybody",
    body: refreshRequest,
    examples: {
      refresh: { summary: "Minji's tokens again", body: { refreshToken: SAMPLE.refreshToken }, status: 200 },
    },
    answers,
    refusals: {
      unauthorized: "The refresh token is not valid, its device has ended, or its user was deactivated.",
      unavailable: "The secret of the service is being changed, and this repeat met the wrong one.",
    },
  },
  "GET /v1/auth/providers": {
    id: "listProviders",
    area: "Signing in",
    summary: "List the ways to sign in",
    description: "Which providers the operator has registered with, and whether the development sign-in is open.",
    caller: "anybody",
    answers: {
      200: {
        description: "All of them.",
        schema: signInChoices,
        example: { items: ["google", "naver"], devLogin: false },
      },
    },
    refusals: {},
  },
  "GET /v1/auth/{provider}/start": {
    id: "startSignIn",
    area: "Signing in",
    summary: "Sign in with a provider",
    description:
      "For a browser to be sent to, not to be called. It leads to the provider and, by a cookie, remembers that it was " +
      "this browser that left: a sign-in takes ten minutes at most, and one at a time in a browser.",
    caller: "anybody",
    path: PROVIDER,
    query: startQuery,
    answers: { 302: { description: "To the provider." } },
    refusals: {
      invalid_frame: "`returnTo` is not allowed, or there is no `challenge` with it.",
      not_found: NO_PROVIDER,
      rate_limited: RATE,
      unavailable: "The provider does not answer.",
    },
  },
  "GET /v1/auth/{provider}/callback": {
    id: "finishSignIn",
    area: "Signing in",
    summary: "The way back from a provider",
    description:
      "Where the provider sends the browser. With a `returnTo`, this leads on to it, with `#code=` for " +
      "`POST /v1/auth/exchange`, or `#error=forbidden` or `#error=unavailable`. Without one it answers as that does.",
    caller: "anybody",
    path: PROVIDER,
    query: callbackQuery,
    answers: { 200: KNOWN, 202: NEWCOMER, 302: { description: "To `returnTo`." } },
    refusals: {
      invalid_frame: "The state is not of this browser, was used, or is older than ten minutes.",
      forbidden: "The provider does not vouch for anybody, or this person was deactivated.",
      not_found: NO_PROVIDER,
      rate_limited: RATE,
      unavailable: "The provider does not answer.",
    },
  },
  "POST /v1/auth/exchange": {
    id: "exchangeCode",
    area: "Signing in",
    summary: "Exchange the code of a sign-in",
    description: "By the page that was returned to, with the `verifier` whose `challenge` it gave at the start.",
    caller: "anybody",
    body: exchangeRequest,
    examples: {
      newcomer: {
        summary: "Somebody who has not signed up yet",
        body: { code: SAMPLE.signInCode, verifier: SAMPLE.verifier },
        status: 202,
      },
    },
    answers: { 200: KNOWN, 202: NEWCOMER },
    refusals: {
      forbidden: "The code was used, is older than a minute or of another page, or this person was deactivated.",
      rate_limited: RATE,
    },
  },
  "POST /v1/auth/signup": {
    id: "signUp",
    area: "Signing in",
    summary: "Sign up",
    description: "Makes a user of who signed in with a provider. Sent again, it signs the same user in.",
    caller: "anybody",
    body: signUpRequest,
    examples: {
      minji: {
        summary: "Minji signs up",
        body: { signupToken: SAMPLE.signupToken, birthDate: "2001-05-14", englishName: "Minji" },
        status: 200,
      },
    },
    answers,
    refusals: {
      invalid_frame: "The body does not fit its schema, its person is younger than 13, or an address is needed.",
      forbidden: "The sign-up token is not valid any more, or this person was deactivated.",
      conflict: "The address is another user's: they sign in as they did before.",
      rate_limited: RATE,
    },
  },
  "POST /v1/auth/logout": {
    id: "logOut",
    area: "Signing in",
    summary: "Log out",
    description:
      "Ends the device that asks: its sockets are closed with 4401, its tokens refused. Elsewhere in the world an " +
      "access token may still be taken for a minute and a half, for HTTP alone.",
    caller: "user",
    answers: { 204: { description: "It has ended." } },
    refusals: {},
  },
  "GET /v1/auth/devices": {
    id: "listDevices",
    area: "Signing in",
    summary: "List one's devices",
    description: "Where one is signed in, the device seen last first.",
    caller: "user",
    answers: {
      200: {
        description: "All of them.",
        schema: deviceList,
        example: {
          items: [
            {
              id: SAMPLE.device,
              userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X)",
              ipAddress: "203.0.113.7",
              lastActivityAt: "2026-11-22T09:30:00.000Z",
              createdAt: "2026-11-20T18:02:11.480Z",
              isCurrent: true,
            },
          ],
          nextCursor: null,
        },
      },
    },
    refusals: {},
  },
  "DELETE /v1/auth/devices/{id}": {
    id: "endDevice",
    area: "Signing in",
    summary: "End a device",
    description: "One of one's own, as logging out there does.",
    caller: "user",
    path: { id: { description: "The device.", example: SAMPLE.device } },
    answers: { 204: { description: "It has ended." } },
    refusals: { not_found: "One has no such device, or it has ended." },
  },
} as const satisfies Record<string, Operation>;
