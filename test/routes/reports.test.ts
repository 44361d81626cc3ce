/** Reports, the operators' queue, and bans. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import {
  banAnswer,
  reportList,
  reportReceipt,
  report as reportSchema,
  SAFETY_LIMITS,
} from "../../schema/api/safety.ts";
import { app } from "../../src/app.ts";
import { deleteAccounts } from "../../src/jobs/delete-accounts.ts";
import { changedBeforeBatch } from "../support/faults.ts";
import {
  call,
  enter,
  enterMe,
  groupOf,
  knock,
  pathsOf,
  requestFor,
  type SignedIn,
  say,
  signIn,
  signInMany,
} from "../support/http.ts";

async function operator(): Promise<SignedIn> {
  const person = await signIn("Operator");
  await env.DB.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").bind(person.user.id).run();
  return person;
}

function report({ token }: SignedIn, body: object, key?: string): Promise<Response> {
  return call("POST", "/v1/reports", { token, body, headers: key === undefined ? {} : { "idempotency-key": key } });
}

async function made(reporter: SignedIn, reported: SignedIn, more: object = {}): Promise<number> {
  const response = await report(reporter, { reportedUserId: reported.user.id, reason: "HARASSMENT", ...more });
  expect(response.status).toBe(201);
  return reportReceipt.strict().parse(await response.json()).id;
}

const resolve = ({ token }: SignedIn, id: number, body: object) =>
  call("POST", `/v1/admin/reports/${id}/resolve`, { token, body });

/** Every report of a status, however many other tests have made. */
async function queue({ token }: SignedIn, status = "OPEN") {
  const all = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const path = `/v1/admin/reports?status=${status}&limit=100${cursor && `&cursor=${cursor}`}`;
    const page = reportList.parse(await (await call("GET", path, { token })).json());
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

async function eraseAccounts(): Promise<void> {
  let progress: string | null = deleteAccounts.first(0);
  while (progress !== null) ({ progress } = await deleteAccounts.step(env, progress, 0));
}

describe("a report", () => {
  test("keeps messages and profile as they were, whatever becomes of them", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id: roomId } = await groupOf([minji, daniel]);
    const his = await enter(roomId, daniel);
    await say(his, "something bad", "something else");
    const id = await made(minji, daniel, { details: "Look.", roomId, messageIds: [2, 1, 1] });
    await his.request({ type: "message.edit", id: 1, content: "something nice" });
    await his.request({ type: "message.delete", id: 2 });
    await call("PATCH", "/v1/me", { token: daniel.token, body: { englishName: "Somebody else" } });
    const kept = (await queue(await operator())).find((one) => one.id === id);
    expect(kept).toMatchObject({
      reporterId: minji.user.id,
      reportedUserId: daniel.user.id,
      reason: "HARASSMENT",
      details: "Look.",
      status: "OPEN",
      evidence: {
        profile: { englishName: "Daniel" },
        roomId,
        messages: [
          { id: 1, senderId: daniel.user.id, content: "something bad" },
          { id: 2, content: "something else" },
        ],
      },
    });
  });

  test("shows nobody a room that the reporter is not in, or no more", async () => {
    const [minji, daniel, sofia] = await signInMany("Minji", "Daniel", "Sofia");
    const { id: roomId } = await groupOf([minji, daniel, sofia]);
    await say(await enter(roomId, daniel), "among us");
    const body = { reportedUserId: daniel.user.id, reason: "SPAM", roomId, messageIds: [1] };
    expect((await report(await signIn(), body)).status).toBe(403);
    await call("DELETE", `/v1/rooms/${roomId}/participants/${sofia.user.id}`, { token: sofia.token });
    expect((await report(sofia, body)).status).toBe(403);
    expect((await report(minji, { ...body, roomId: 999_999_999 })).status).toBe(404);
  });

  test.each([
    ["a message that is not there", { messageIds: [1, 7] }, ["messageIds.1"]],
    ["a reason of one's own", { reason: "BORING" }, ["reason"]],
    ["messages of no room", { roomId: undefined, messageIds: [1] }, ["roomId"]],
    ["fifty-one messages", { messageIds: Array.from({ length: 51 }, (_, index) => index + 1) }, ["messageIds"]],
    ["nobody", { reportedUserId: 999_999_999 }, ["reportedUserId"]],
  ])("of %s is refused, and leaves nothing", async (_, change, paths) => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id: roomId } = await groupOf([minji, daniel]);
    await say(await enter(roomId, daniel), "one");
    const response = await report(minji, { reportedUserId: daniel.user.id, reason: "SPAM", roomId, ...change });
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual(paths);
    const left = await env.DB.prepare("SELECT 1 FROM reports WHERE reporter_id = ?").bind(minji.user.id).first();
    expect(left).toBeNull();
  });

  test("of oneself is refused; of somebody with a block between them it is not", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    expect(await pathsOf(await report(minji, { reportedUserId: minji.user.id, reason: "SPAM" }))).toEqual([
      "reportedUserId",
    ]);
    await call("PUT", `/v1/me/blocks/${minji.user.id}`, { token: daniel.token });
    await made(minji, daniel);
  });

  test("is one of fifty at most that wait for a decision", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const last = await made(minji, daniel);
    const insert = env.DB.prepare(
      "INSERT INTO reports (reporter_id, reported_user_id, reason, evidence) SELECT reporter_id, reported_user_id, reason, evidence FROM reports WHERE id = ?",
    ).bind(last);
    await env.DB.batch(Array(SAFETY_LIMITS.openReportsPerUser - 2).fill(insert));
    const body = { reportedUserId: daniel.user.id, reason: "SPAM" };
    expect((await report(minji, body, "the-fiftieth")).status).toBe(201);
    expect((await report(minji, body)).status).toBe(409);
    expect((await report(minji, body, "the-fiftieth")).status).toBe(200);
    expect((await report(daniel, { ...body, reportedUserId: minji.user.id })).status).toBe(201);
    await resolve(await operator(), last, { resolution: "Seen.", action: "dismiss" });
    expect((await report(minji, body)).status).toBe(201);
    await env.DB.prepare("DELETE FROM reports WHERE reporter_id = ?").bind(minji.user.id).run();
  });

  test("sent again with its key is the same report; with another body, a conflict; at the same time, one", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const body = { reportedUserId: daniel.user.id, reason: "SPAM" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => report(minji, body, "key-1")));
    const receipts = await Promise.all(answers.map(async (answer) => reportReceipt.parse(await answer.json())));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect((await report(minji, { ...body, details: "More." }, "key-1")).status).toBe(409);
    expect((await report(minji, body, "another")).status).toBe(201);
    expect((await report(daniel, { reportedUserId: minji.user.id, reason: "OTHER" }, "key-1")).status).toBe(201);
    expect((await report(minji, body, "한글".normalize())).status).toBe(400);
  });
});

describe("the queue", () => {
  test("is paged from the oldest on, and follows what was decided", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const ids = [await made(minji, daniel), await made(minji, daniel), await made(minji, daniel)];
    const admin = await operator();
    const open = (await queue(admin)).map(({ id }) => id).filter((id) => ids.includes(id));
    expect(open).toEqual(ids);
    const [first = 0, second = 0] = ids;
    const warned = await resolve(admin, first, { resolution: "Warned.", action: "none" });
    expect(reportSchema.parse(await warned.json())).toMatchObject({
      status: "RESOLVED",
      resolution: "Warned.",
      resolvedById: admin.user.id,
    });
    await resolve(admin, second, { resolution: "Nothing.", action: "dismiss" });
    const idsIn = async (status: string) => (await queue(admin, status)).map(({ id }) => id);
    expect(await idsIn("RESOLVED")).toContain(first);
    expect(await idsIn("DISMISSED")).toContain(second);
    expect(await idsIn("OPEN")).not.toContain(first);
    expect((await resolve(admin, first, { resolution: "Again.", action: "dismiss" })).status).toBe(409);
    expect((await resolve(admin, 999_999_999, { resolution: "?", action: "none" })).status).toBe(404);
    expect((await call("GET", "/v1/admin/reports?cursor=x", { token: admin.token })).status).toBe(400);
    expect((await call("GET", "/v1/admin/reports?status=LOST", { token: admin.token })).status).toBe(400);
  });

  test("is decided once: who comes second with a ban bans nobody", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const id = await made(minji, daniel);
    const [first, second] = [await operator(), await operator()];
    const dismissed = () => resolve(first, id, { resolution: "Nothing.", action: "dismiss" });
    const late = await app.fetch(
      requestFor("POST", `/v1/admin/reports/${id}/resolve`, {
        token: second.token,
        body: { resolution: "Out.", action: "ban" },
      }),
      { ...env, DB: changedBeforeBatch(dismissed) },
    );
    expect(late.status).toBe(409);
    const user = await env.DB.prepare("SELECT is_active, banned_at FROM users WHERE id = ?")
      .bind(daniel.user.id)
      .first();
    expect(user).toEqual({ is_active: 1, banned_at: null });
    expect((await call("GET", "/v1/me", { token: daniel.token })).status).toBe(200);
    expect((await queue(first, "DISMISSED")).find((one) => one.id === id)).toMatchObject({ resolution: "Nothing." });
  });

  test("comes in pages that can be read, however much evidence there is", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const profile = { englishName: "Daniel", koreanName: null, profileImageUrl: null, intro: "가".repeat(200_000) };
    const evidence = JSON.stringify({ profile, roomId: null, messages: [] });
    const insert = env.DB.prepare(
      "INSERT INTO reports (reporter_id, reported_user_id, reason, evidence) VALUES (?, ?, 'SPAM', ?) RETURNING id",
    ).bind(minji.user.id, daniel.user.id, evidence);
    const results = await env.DB.batch<{ id: number }>(Array(9).fill(insert));
    const admin = await operator();
    const page = await call("GET", "/v1/admin/reports?limit=100", { token: admin.token });
    expect((await page.arrayBuffer()).byteLength).toBeLessThan(4 * 1024 * 1024);
    const ids = results.flatMap((one) => one.results.map(({ id }) => id));
    expect((await queue(admin)).map(({ id }) => id).filter((id) => ids.includes(id))).toEqual(ids);
    await env.DB.prepare("DELETE FROM reports WHERE reporter_id = ?").bind(minji.user.id).run();
  });

  test("has no evidence of who deleted their account since", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const id = await made(minji, daniel);
    await call("DELETE", "/v1/me", { token: daniel.token });
    await eraseAccounts();
    expect((await queue(await operator())).find((one) => one.id === id)).toMatchObject({ evidence: null });
  });

  test("is nobody's but the operators'", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const id = await made(minji, daniel);
    expect((await resolve(minji, id, { resolution: "I decide.", action: "ban" })).status).toBe(403);
    expect((await call("POST", `/v1/admin/users/${daniel.user.id}/ban`, { token: minji.token })).status).toBe(403);
    const user = await env.DB.prepare("SELECT is_active FROM users WHERE id = ?").bind(daniel.user.id).first();
    expect(user).toEqual({ is_active: 1 });
  });
});

describe("a ban", () => {
  const ban = ({ token }: SignedIn, { user }: SignedIn, action = "ban") =>
    call("POST", `/v1/admin/users/${user.id}/${action}`, { token });

  test("ends sockets, tokens and sign-in, and is taken back without bringing them back", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const { id: roomId } = await groupOf([minji, daniel]);
    const his = await enter(roomId, daniel);
    const own = await enterMe(daniel);
    const admin = await operator();
    expect(banAnswer.parse(await (await ban(admin, daniel)).json())).toMatchObject({ isBanned: true });
    expect((await his.waitForClose()).code).toBe(4401);
    expect((await own.waitForClose()).code).toBe(4401);
    expect((await call("GET", "/v1/me", { token: daniel.token })).status).toBe(401);
    expect((await call("GET", "/v1/rooms", { token: daniel.token })).status).toBe(401);
    expect((await knock(roomId, { authorization: `Bearer ${daniel.token}` })).status).toBe(401);
    const refresh = () => call("POST", "/v1/auth/refresh", { body: { refreshToken: daniel.refreshToken } });
    const signInAgain = () => call("POST", "/v1/auth/dev-login", { body: { email: daniel.user.email } });
    expect([(await refresh()).status, (await signInAgain()).status]).toEqual([401, 401]);
    expect((await call("GET", `/v1/users/${daniel.user.id}`, { token: minji.token })).status).toBe(404);
    const unbanned = await ban(admin, daniel, "unban");
    expect(banAnswer.parse(await unbanned.json())).toEqual({ userId: daniel.user.id, isBanned: false, bannedAt: null });
    expect([(await refresh()).status, (await signInAgain()).status]).toEqual([401, 200]);
  });

  test("comes with the decision on a report, in one", async () => {
    const [minji, daniel] = await signInMany("Minji", "Daniel");
    const id = await made(minji, daniel);
    const admin = await operator();
    const resolved = await resolve(admin, id, { resolution: "Third time.", action: "ban" });
    expect(reportSchema.parse(await resolved.json())).toMatchObject({ status: "RESOLVED", resolution: "Third time." });
    expect((await call("GET", "/v1/me", { token: daniel.token })).status).toBe(401);
  });

  test("of an operator ends what they may as operator; of oneself it is refused", async () => {
    const [first, second] = [await operator(), await operator()];
    expect((await ban(first, first)).status).toBe(409);
    expect((await ban(first, second)).status).toBe(200);
    expect((await call("GET", "/v1/admin/reports", { token: second.token })).status).toBe(401);
    const id = await made(await signIn(), first);
    expect((await resolve(first, id, { resolution: "Me?", action: "ban" })).status).toBe(409);
  });

  test("of nobody, or of who deleted themselves, finds nobody; and does not bring them back", async () => {
    const admin = await operator();
    const gone = await signIn();
    await env.DB.prepare("UPDATE users SET deleted_at = 1, is_active = 0 WHERE id = ?").bind(gone.user.id).run();
    expect((await ban(admin, gone)).status).toBe(404);
    expect((await ban(admin, gone, "unban")).status).toBe(404);
    const user = await env.DB.prepare("SELECT is_active, banned_at FROM users WHERE id = ?").bind(gone.user.id).first();
    expect(user).toEqual({ is_active: 0, banned_at: null });
  });
});
