/** What signing in leaves behind is taken away once nothing can ask for it any more. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { sweepSignIns } from "../../src/jobs/sweep-sign-ins.ts";
import { makePeople } from "../support/rooms.ts";

const DAY = 86_400_000;

async function sweep(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let progress: string | null = sweepSignIns.first(0); progress !== null; ) {
    const outcome = await sweepSignIns.step(env, progress, 0);
    for (const [name, count] of Object.entries(outcome.counts)) counts[name] = (counts[name] ?? 0) + count;
    progress = outcome.progress;
  }
  return counts;
}

test("expired tokens and devices go, more of them than one step takes; the others stay", async () => {
  const [userId = 0] = await makePeople(1);
  const now = Date.now();
  const device = (id: string, expiresAt: number, isActive: boolean) =>
    env.DB.prepare(
      "INSERT INTO user_sessions (user_id, session_token, device_id, expires_at, is_active) VALUES (?, ?, ?, ?, ?)",
    ).bind(userId, id, id, expiresAt, Number(isActive));
  const tokens = (deviceId: string, count: number, expiresAt: number) =>
    env.DB.prepare(
      `INSERT INTO refresh_tokens (user_id, device_id, token, expires_at)
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
       SELECT ?1, ?2, ?2 || i, ?4 FROM n`,
    ).bind(userId, deviceId, count, expiresAt);
  await env.DB.batch([
    device("old", now - DAY, true),
    device("in-use", now + DAY, true),
    device("ended", now + DAY, false),
    tokens("old", 700, now - DAY),
    tokens("in-use", 400, now - 1),
    tokens("ended", 2, now + DAY),
    env.DB.prepare(
      "INSERT INTO sign_in_attempts (state, provider, code_verifier, expires_at) VALUES ('a', 'NAVER', 'v', ?)",
    ).bind(now),
    env.DB.prepare("INSERT INTO sign_in_codes (code, challenge, identity, expires_at) VALUES ('a', 'c', '{}', ?)").bind(
      now,
    ),
    env.DB.prepare("INSERT INTO sign_in_codes (code, challenge, identity, expires_at) VALUES ('b', 'c', '{}', ?)").bind(
      now + DAY,
    ),
  ]);
  expect(await sweep()).toEqual({ tokens: 1_100, devices: 1 });
  const [devices, left, attempts, codes] = await env.DB.batch([
    env.DB.prepare("SELECT device_id FROM user_sessions ORDER BY id"),
    env.DB.prepare("SELECT DISTINCT device_id FROM refresh_tokens"),
    env.DB.prepare("SELECT state FROM sign_in_attempts"),
    env.DB.prepare("SELECT code FROM sign_in_codes"),
  ]);
  expect(devices?.results).toEqual([{ device_id: "in-use" }, { device_id: "ended" }]);
  expect(left?.results).toEqual([{ device_id: "ended" }]);
  expect(attempts?.results).toEqual([]);
  expect(codes?.results).toEqual([{ code: "b" }]);
  expect(await sweep()).toEqual({ tokens: 0, devices: 0 });
});
