/**
 * What hostile clients send, to every route: whatever of it is wrong is refused with a problem that the document tells
 * of, in few bytes, and nothing of it is written anywhere.
 */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { sessionObject } from "../../schema/addresses.ts";
import { problem } from "../../schema/api/problem.ts";
import { app } from "../../src/app.ts";
import { listed, prepare, send } from "../support/documented.ts";
import { mustBeDocumented } from "../support/documents.ts";
import { attacksOn } from "../support/hostile.ts";
import { roomStub } from "../support/rooms.ts";
import type { SampleWorld } from "../support/sample-world.ts";

const MAX_ANSWER_CHARACTERS = 20_000;
const OF_OTHERS: Readonly<Record<string, string>> = {
  notifications: "WHERE false",
  flush_positions: "WHERE object NOT LIKE 'user-presence:%'",
};

/**
 * Every row of every table, and what lies in R2. But what people were told of before comes to D1 when their objects flush,
 * seconds later; the Worker tells nobody of anything but by `owed_notifications`.
 */
async function everything({ roomId }: SampleWorld): Promise<Record<string, unknown>> {
  await roomStub(roomId).flush();
  const sessions = await env.DB.prepare("SELECT id FROM learning_sessions").all<{ id: number }>();
  for (const { id } of sessions.results) await sessionObject(env, id).flush();
  const tables = await env.DB.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
  ).all<{ name: string }>();
  const names = tables.results.map(({ name }) => name);
  const rows = await env.DB.batch(
    names.map((name) => env.DB.prepare(`SELECT * FROM "${name}" ${OF_OTHERS[name] ?? ""}`)),
  );
  const { objects } = await env.MEDIA.list();
  return {
    ...Object.fromEntries(names.map((name, index) => [name, rows[index]?.results])),
    files: objects.map(({ key }) => key),
  };
}

async function faultOf(method: string, path: string, response: Response): Promise<string | null> {
  const text = await response.clone().text();
  if (response.status < 400 || response.status > 499) return `answered with ${response.status}: ${text.slice(0, 200)}`;
  if (response.headers.get("content-type") !== "application/problem+json") return "is not refused as a problem";
  if (text.length > MAX_ANSWER_CHARACTERS) return `is refused with ${text.length} characters`;
  const refusal = problem.safeParse(JSON.parse(text));
  if (!refusal.success || refusal.data.status !== response.status) return `is refused with ${text}`;
  return mustBeDocumented(method, `https://studymate.example${path}`, response).then(
    () => null,
    (error: Error) => error.message,
  );
}

describe("the table", () => {
  test("has something hostile for every route that takes anything", async () => {
    const addresses = new Set(
      app.routes
        .filter(({ method }) => method !== "ALL")
        .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`),
    );
    expect([...addresses].sort()).toEqual(listed.map(({ address }) => address).sort());
    const takesNothing = listed.filter(
      ({ method, source }) => method === "GET" && !source.path && !source.query && !source.upload,
    );
    expect(takesNothing.map(({ address }) => address).sort()).toEqual([
      ...["GET /healthz", "GET /readyz", "GET /v1/admin/jobs", "GET /v1/auth/devices", "GET /v1/auth/providers"],
      ...[
        "GET /v1/ice-servers",
        "GET /v1/matching/preferences",
        "GET /v1/me",
        "GET /v1/me/export",
        "GET /v1/me/notification-settings",
      ],
      ...["GET /v1/me/socket", "GET /v1/onboarding", "GET /v1/push-key"],
    ]);
  });
});

describe("what is hostile is refused, and nothing is written", () => {
  test.each(listed.map((one) => [one.address, one] as const))("%s", async (_, one) => {
    const world = await prepare(one);
    const before = await everything(world);
    const faults: string[] = [];
    for (const [name, change] of attacksOn(world, one)) {
      const response = await send(world, one, change);
      const fault = await faultOf(one.method, one.path, response);
      if (fault !== null) faults.push(`${name}: ${fault}`);
      response.webSocket?.accept();
      response.webSocket?.close();
    }
    expect(faults).toEqual([]);
    expect(await everything(world)).toEqual(before);
  });
});
