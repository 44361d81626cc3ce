/** Uploads with an `Idempotency-Key`: sent again after a cut, or twice at once, a file is one file. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { mediaAnswer } from "../../schema/api/media.ts";
import { app } from "../../src/app.ts";
import { sweepKeys } from "../../src/jobs/sweep-keys.ts";
import { call, groupOf, ORIGIN, requestFor, type SignedIn, signInMany } from "../support/http.ts";
import { fetchMedia, type Sent, upload } from "../support/media.ts";
import { JPEG, PNG } from "../support/pictures.ts";

let minji: SignedIn;
let daniel: SignedIn;
let roomId: number;

beforeAll(async () => {
  [minji, daniel] = await signInMany("Minji", "Daniel");
  ({ id: roomId } = await groupOf([minji, daniel]));
});

const newKey = () => crypto.randomUUID();
const keyed = (key: string, sent: Sent = {}): Sent => ({ roomId, ...sent, headers: { "idempotency-key": key } });
const fileOf = async (response: Response) => mediaAnswer.parse(await response.json());

async function files() {
  const { results } = await env.DB.prepare("SELECT key FROM media_files ORDER BY key").all<{ key: string }>();
  const { objects } = await env.MEDIA.list();
  return { rows: results.map(({ key }) => key), objects: objects.map(({ key }) => key) };
}

async function filesMadeBy(make: () => Promise<unknown>): Promise<number> {
  const before = await files();
  await make();
  const after = await files();
  const made = after.rows.length - before.rows.length;
  expect(after.objects.length - before.objects.length).toBe(made);
  return made;
}

describe("an upload with a key", () => {
  test("sent again is answered with the first file, word for word", async () => {
    const key = newKey();
    const first = await upload(minji, PNG, keyed(key, { fileName: "바다.png" }));
    const again = await upload(minji, PNG, keyed(key, { fileName: "바다.png" }));
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(await again.json()).toEqual(await first.json());
  });

  test.each<[string, Uint8Array | string, Sent]>([
    ["other bytes", JPEG, {}],
    ["the same bytes and one more", new Uint8Array([...PNG, 0]), {}],
    ["another name", PNG, { fileName: "other.png" }],
    ["more than is ever taken", new Uint8Array(26 * 1_024 * 1_024), {}],
    ["nothing", "", {}],
  ])("sent again with %s is a conflict, and nothing is stored", async (_, body, sent) => {
    const key = newKey();
    const { key: fileKey } = await fileOf(await upload(minji, PNG, keyed(key)));
    expect(await filesMadeBy(async () => expect((await upload(minji, body, keyed(key, sent))).status).toBe(409))).toBe(
      0,
    );
    expect((await fetchMedia(daniel, fileKey)).status).toBe(200);
  });

  test("sent five times at the same moment makes one file, and all are answered with it", async () => {
    const key = newKey();
    let answers: Response[] = [];
    const made = await filesMadeBy(async () => {
      answers = await Promise.all(Array.from({ length: 5 }, () => upload(minji, PNG, keyed(key))));
    });
    expect(made).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    const keys = new Set((await Promise.all(answers.map(fileOf))).map((file) => file.key));
    expect(keys.size).toBe(1);
    for (const fileKey of keys) expect((await fetchMedia(daniel, fileKey)).status).toBe(200);
  });

  test("that was refused may be sent again, put right", async () => {
    const key = newKey();
    expect((await upload(minji, "<svg></svg>", keyed(key))).status).toBe(415);
    expect((await upload(minji, PNG, keyed(key))).status).toBe(201);
  });

  test("is apart from the same key of another person, and of another route", async () => {
    const key = newKey();
    const mine = await fileOf(await upload(minji, PNG, keyed(key)));
    const his = await upload(daniel, JPEG, keyed(key));
    expect(his.status).toBe(201);
    expect((await fileOf(his)).key).not.toBe(mine.key);
    const body = { reportedUserId: daniel.user.id, reason: "SPAM" };
    const headers = { "idempotency-key": key };
    expect((await call("POST", "/v1/reports", { token: minji.token, body, headers })).status).toBe(201);
  });

  test("whose key cannot be kept is refused", async () => {
    expect((await upload(minji, PNG, keyed("a b"))).status).toBe(400);
    expect((await upload(minji, PNG, keyed("x".repeat(256)))).status).toBe(400);
  });

  test("that was cut off before its answer was kept is made anew", async () => {
    const key = newKey();
    const batch = () => Promise.reject(new Error("cut off"));
    const cutOff = new Proxy(env.DB, {
      get: (database, property) => {
        if (property === "batch") return batch;
        const value: unknown = Reflect.get(database, property);
        return typeof value === "function" ? value.bind(database) : value;
      },
    });
    const request = new Request(`${ORIGIN}/v1/media?purpose=message&roomId=${roomId}`, {
      method: "POST",
      headers: { authorization: `Bearer ${minji.token}`, "idempotency-key": key },
      body: PNG,
    });
    expect((await app.fetch(request, { ...env, DB: cutOff })).status).toBe(500);
    const answer = await upload(minji, PNG, keyed(key));
    expect(answer.status).toBe(201);
    expect((await fetchMedia(daniel, (await fileOf(answer)).key)).status).toBe(200);
  });

  test("whose key is there without an answer is made anew, and answered from then on", async () => {
    const key = newKey();
    await env.DB.prepare("INSERT INTO idempotency_keys (key, body_hash, expires_at) VALUES (?, 'x', 9e12)")
      .bind(`${minji.user.id}:POST /v1/media:${key}`)
      .run();
    const statuses = [];
    for (let turn = 0; turn < 2; turn += 1) statuses.push((await upload(minji, PNG, keyed(key))).status);
    expect(statuses).toEqual([201, 200]);
  });

  test("of somebody who has left the room meanwhile is refused, not answered", async () => {
    const [left] = await signInMany("Left");
    const { id } = await groupOf([minji, left]);
    const key = newKey();
    expect((await upload(left, PNG, keyed(key, { roomId: id }))).status).toBe(201);
    await call("DELETE", `/v1/rooms/${id}/participants/${left.user.id}`, { token: minji.token });
    expect((await upload(left, PNG, keyed(key, { roomId: id }))).status).toBe(403);
  });
});

describe("leave for a large file, with a key", () => {
  const settings = {
    R2_ENDPOINT: "https://account.r2.example/studymate-media",
    R2_ACCESS_KEY_ID: "key",
    R2_SECRET_ACCESS_KEY: "secret",
  };
  const ask = (key: string, sizeBytes = 50_000_000) =>
    app.fetch(
      requestFor("POST", "/v1/media/uploads", {
        token: minji.token,
        body: { roomId, contentType: "video/mp4", sizeBytes },
        headers: { "idempotency-key": key },
      }),
      { ...env, ...settings },
    );

  test("is the same leave when it is asked for again, or twice at once; for another file, a conflict", async () => {
    const key = newKey();
    const rows = async () => (await files()).rows.length;
    const before = await rows();
    const answers = await Promise.all(Array.from({ length: 3 }, () => ask(key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const leaves = await Promise.all(answers.map((answer) => answer.json()));
    expect(await (await ask(key)).json()).toEqual(leaves[0]);
    expect(new Set(leaves.map((leave) => JSON.stringify(leave))).size).toBe(1);
    expect((await rows()) - before).toBe(1);
    expect((await ask(key, 1)).status).toBe(409);
  });
});

test("keys are swept after a day, more of them than one step takes", async () => {
  const insert = env.DB.prepare(
    `INSERT INTO idempotency_keys (key, body_hash, answer, expires_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
     SELECT ?1 || i, 'h', '{}', ?3 FROM n`,
  );
  await env.DB.prepare("DELETE FROM idempotency_keys").run();
  await env.DB.batch([insert.bind("old", 2_500, Date.now()), insert.bind("new", 3, Date.now() + 60_000)]);
  let swept = 0;
  for (let progress: string | null = sweepKeys.first(0); progress !== null; ) {
    const outcome = await sweepKeys.step(env, progress, 0);
    swept += outcome.counts.keys ?? 0;
    progress = outcome.progress;
  }
  expect(swept).toBe(2_500);
  expect(await env.DB.prepare("SELECT count(*) AS n FROM idempotency_keys").first("n")).toBe(3);
});
