/** What sign-in answers with: tokens, or that there are none. */
import type { Context } from "hono";
import type { SessionUser, TokenAnswer } from "../../schema/api/auth.ts";
import type { Activity } from "../activity/store.ts";
import { afterEnding, type EndedDevice, endSurplusDevices } from "../devices/ending.ts";
import { CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { refuseWith } from "../http/problems.ts";
import { newDeviceStatements } from "./devices.ts";
import { newRefreshToken, storedHash } from "./refresh-tokens.ts";
import { activeUserById } from "./store.ts";
import { issueAccessToken } from "./tokens.ts";

export const NOT_STORED = { "cache-control": "no-store" } as const;

export interface SignIn {
  readonly user: SessionUser;
  readonly provider: string;
  readonly activity: Extract<Activity, "signed_in" | "signed_up">;
}

/**
 * Each sign-in is a device of its own; of more than one may have, those that were used least lately end. Refused to whoever
 * was banned, or deleted their account, since they were looked up.
 */
export async function answerSignIn(c: Context<HttpEnv>, { user, provider, activity }: SignIn): Promise<Response> {
  const refreshToken = newRefreshToken();
  const deviceId = crypto.randomUUID();
  const signingIn = { userId: user.id, now: Date.now(), request: c.req.raw };
  const tokenHash = await storedHash(refreshToken);
  const ending = endSurplusDevices(c.env.DB, signingIn);
  let results: D1Result<EndedDevice>[];
  try {
    results = await c.env.DB.batch<EndedDevice>([
      ...ending,
      ...newDeviceStatements(c.env.DB, { ...signingIn, deviceId, tokenHash, activity, provider }),
    ]);
  } catch (error) {
    if (await activeUserById(c.env.DB, user.id)) throw error;
    return refuseWith(c, "forbidden");
  }
  const ended = (results[ending.length - 1]?.results ?? []).map((device) => device.deviceId);
  if (ended.length > 0) await afterEnding(c, user.id, ended);
  return answerTokens(c, { user, deviceId, refreshToken });
}

export interface Issued {
  readonly user: SessionUser;
  readonly deviceId: string;
  readonly refreshToken: string;
}

export async function answerTokens(c: Context<HttpEnv>, { user, deviceId, refreshToken }: Issued): Promise<Response> {
  const { accessToken, expiresAt } = await issueAccessToken(
    { userId: user.id, deviceId },
    c.env.AUTH_SECRET,
    new Date(),
  );
  const answer: TokenAnswer = { accessToken, expiresAt: expiresAt.toISOString(), refreshToken, user };
  return c.json(answer, 200, NOT_STORED);
}

export function unauthorized(c: Context<HttpEnv>): Response {
  return refuseWith(c, "unauthorized", { headers: CHALLENGE });
}
