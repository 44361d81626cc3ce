/** `studymate/media`: what is asked of the server for a file, and what becomes of its answers. */
import { describe, expect, it } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { fetchFile } from "../../src/client/media/index.ts";
import { problemAnswer, serving } from "./support/serving.ts";

const baseUrl = "https://studymate.example";

describe("A file of the server", () => {
  it("is fetched with the person's token, and given as it came", async () => {
    const { asked, fetch } = serving(() => new Response("sea", { headers: { "content-type": "image/png" } }));
    const client = createClient({ baseUrl, fetch, token: () => "secret" });
    const answer = await fetchFile(client, "/v1/media/message/7/sea");
    expect(await answer.blob()).toMatchObject({ size: 3, type: "image/png" });
    expect(asked[0]?.url).toBe(`${baseUrl}/v1/media/message/7/sea`);
    expect(asked[0]?.init.headers).toMatchObject({ authorization: "Bearer secret" });
  });

  it("asks for another token once, as every request does", async () => {
    const { asked, fetch } = serving(problemAnswer(401, "unauthorized"), () => new Response("sea"));
    const client = createClient({ baseUrl, fetch, token: (need) => need });
    await fetchFile(client, "/v1/media/message/7/sea");
    expect(asked[1]?.init.headers).toMatchObject({ authorization: "Bearer refused" });
  });

  it.each([
    [403, "forbidden"],
    [404, "not_found"],
  ])("is refused with %i", async (status, code) => {
    const { fetch } = serving(problemAnswer(status, code));
    const client = createClient({ baseUrl, fetch, token: () => "secret" });
    await expect(fetchFile(client, "/v1/media/message/7/sea")).rejects.toMatchObject({ code, status });
  });

  it.each(["https://evil.example/v1/media/sea", "//evil.example/v1/media/sea", "/v1/me", "\\\\evil.example"])(
    "never has the token sent to %s",
    async (address) => {
      const { asked, fetch } = serving(() => new Response("sea"));
      const client = createClient({ baseUrl, fetch, token: () => "secret" });
      await expect(fetchFile(client, address)).rejects.toMatchObject({ code: "not_found" });
      expect(asked).toEqual([]);
    },
  );
});
