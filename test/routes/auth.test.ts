/** Signing in for development, and refreshing. */
import { env } from "cloudflare:workers";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, test } from "vitest";
import { tokenAnswer } from "../../schema/api/auth.ts";
import { problem } from "../../schema/api/problem.ts";
import { app } from "../../src/app.ts";
import { call, requestFor, signIn } from "../support/http.ts";

const deactivate = (userId: number) => env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(userId).run();

describe("POST /v1/auth/dev-login", () => {
  const login = (body: object) => call("POST", "/v1/auth/dev-login", { body });

  test("makes a user at the first sign-in and finds them at the next, whatever the case of the address", async () => {
    const email = `Min.Ji.${crypto.randomUUID()}@Example.org`;
    const first = await login({ email });
    expect(first.status).toBe(200);
    expect(first.headers.get("cache-control")).toBe("no-store");
    const { user } = tokenAnswer.parse(await first.json());
    expect(user.email).toBe(email.toLowerCase());
    expect(user.englishName).toBe(email.toLowerCase().split("@")[0]);
    const again = tokenAnswer.parse(await (await login({ email: email.toLowerCase(), englishName: "Else" })).json());
    expect(again.user).toEqual(user);
  });

  test("two first sign-ins at once make one user", async () => {
    const email = `${crypto.randomUUID()}@example.org`;
    const answers = await Promise.all([login({ email }), login({ email }), login({ email })]);
    const ids = await Promise.all(answers.map(async (answer) => tokenAnswer.parse(await answer.json()).user.id));
    expect(new Set(ids).size).toBe(1);
  });

  test("each sign-in is a device of its own, with an access token of fifteen minutes", async () => {
    const one = await signIn("A", "device@example.org");
    const other = await signIn("A", "device@example.org");
    const claims = decodeJwt(one.token);
    expect(decodeProtectedHeader(one.token)).toEqual({ alg: "HS256", typ: "at+jwt" });
    expect(claims.sub).toBe(String(one.user.id));
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
    expect(decodeJwt(other.token).sid).not.toBe(claims.sid);
  });

  test("refuses whoever is younger than thirteen, and names the field", async () => {
    const birthDate = new Date(Date.now() - 12 * 365 * 86_400_000).toISOString().slice(0, 10);
    const response = await login({ email: "child@example.org", birthDate });
    expect(response.status).toBe(400);
    expect(problem.parse(await response.json()).errors).toMatchObject([{ path: "birthDate" }]);
  });

  test("does not let somebody in who was deactivated", async () => {
    const { user } = await signIn("Gone", "gone@example.org");
    await deactivate(user.id);
    expect((await login({ email: "gone@example.org" })).status).toBe(401);
  });

  test.each(["false", "", "TRUE", "1"])(
    "does not exist where DEV_LOGIN is %j, not even for a bad body",
    async (value) => {
      const response = await app.fetch(requestFor("POST", "/v1/auth/dev-login", { body: "{" }), {
        ...env,
        DEV_LOGIN: value,
      });
      expect(response.status).toBe(404);
    },
  );
});

describe("POST /v1/auth/refresh", () => {
  const refresh = (refreshToken: string) => call("POST", "/v1/auth/refresh", { body: { refreshToken } });

  test("gives new tokens for the same user on the same device", async () => {
    const { token, refreshToken, user } = await signIn();
    const response = await refresh(refreshToken);
    expect(response.status).toBe(200);
    const answer = tokenAnswer.parse(await response.json());
    expect(answer.user).toEqual(user);
    expect(decodeJwt(answer.accessToken).sid).toBe(decodeJwt(token).sid);
    expect(answer.accessToken).not.toBe(token);
    expect((await call("GET", "/v1/rooms", { token: answer.accessToken })).status).toBe(200);
  });

  test("refuses an access token, garbage and a token of another service", async () => {
    const { token } = await signIn();
    for (const wrong of [token, "garbage", `${token}x`]) expect((await refresh(wrong)).status).toBe(401);
  });

  test("takes tokens under the secret before, while it is being changed, and signs with the new one", async () => {
    const { token, refreshToken } = await signIn();
    const next = { ...env, AUTH_SECRET: "the next secret, 32 bytes long or more" };
    const changing = { ...next, AUTH_SECRET_PREVIOUS: env.AUTH_SECRET };
    const statusOf = async (accessToken: string, deployment: typeof env) =>
      (await app.fetch(requestFor("GET", "/v1/rooms", { token: accessToken }), deployment)).status;
    const refreshed = await app.fetch(
      requestFor("POST", "/v1/auth/refresh", { body: JSON.stringify({ refreshToken }) }),
      changing,
    );
    const { accessToken } = tokenAnswer.parse(await refreshed.json());
    expect(await statusOf(token, changing)).toBe(200);
    expect(await statusOf(accessToken, next)).toBe(200);
    expect(await statusOf(token, next)).toBe(401);
    expect(await statusOf(token, { ...next, AUTH_SECRET_PREVIOUS: "" })).toBe(401);
  });

  test("refuses a user who was deactivated", async () => {
    const { user, refreshToken } = await signIn();
    await deactivate(user.id);
    expect((await refresh(refreshToken)).status).toBe(401);
  });
});
