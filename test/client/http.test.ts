import { describe, expect, it } from "vitest";
import { createClient, devLogin, type TokenNeed } from "../../src/client/index.ts";
import { jsonAnswer as json, problemAnswer as problem, serving } from "./support/serving.ts";

const baseUrl = "https://studymate.example";

describe("HTTP calls", () => {
  it("carry the token as a header, the page as a query, the body as JSON", async () => {
    const { asked, fetch } = serving(json({ items: [], nextCursor: null }), json({ id: 1 }));
    const client = createClient({ baseUrl, fetch, token: () => "secret" });
    await client.history(7, { before: 120, limit: 20 });
    await client.createRoom({ roomType: "DIRECT", participantIds: [2] }, { idempotencyKey: "k" });
    expect(asked[0]?.url).toBe("https://studymate.example/v1/rooms/7/messages?before=120&limit=20");
    expect(asked[0]?.init.headers).toMatchObject({ authorization: "Bearer secret" });
    expect(asked[1]?.init.headers).toMatchObject({ "idempotency-key": "k", "content-type": "application/json" });
    expect(asked[1]?.init.body).toBe('{"roomType":"DIRECT","participantIds":[2]}');
  });

  it("ask once for another token when the first one is refused", async () => {
    const needs: TokenNeed[] = [];
    const { asked, fetch } = serving(problem(401, "unauthorized"), json({ items: [], nextCursor: null }));
    const token = (need: TokenNeed) => {
      needs.push(need);
      return need;
    };
    await createClient({ baseUrl, fetch, token }).rooms();
    expect(needs).toEqual(["request", "refused"]);
    expect(asked[1]?.init.headers).toMatchObject({ authorization: "Bearer refused" });
  });

  it.each([
    [problem(404, "not_found"), { code: "not_found", status: 404, retryable: false, requestId: "r1" }],
    [
      problem(429, "rate_limited", {}, { "retry-after": "3" }),
      { code: "rate_limited", status: 429, retryable: true, retryAfterMs: 3_000 },
    ],
    [
      problem(400, "invalid_frame", { errors: [{ path: "email", message: "no" }] }),
      { code: "invalid_frame", fields: [{ path: "email", message: "no" }] },
    ],
    [() => new Response("<html>", { status: 502 }), { code: "unavailable", status: 502, retryable: true }],
    [() => new Response("<html>", { status: 200 }), { code: "network", retryable: true }],
  ])("reject with a typed error (%#)", async (answer, error) => {
    const { fetch } = serving(answer);
    await expect(devLogin({ baseUrl, fetch }, { email: "minji@demo.studymate.example" })).rejects.toMatchObject(error);
  });

  it("say so when there is no answer", async () => {
    const { fetch } = serving();
    await expect(createClient({ baseUrl, fetch, token: () => "t" }).getRoom(1)).rejects.toMatchObject({
      name: "StudyMateError",
      code: "network",
      status: undefined,
      retryable: true,
    });
  });
});
