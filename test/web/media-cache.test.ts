import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { StudyMateError, type StudyMateErrorCode } from "../../src/client/index.ts";
import { MediaCache } from "../../src/web/media/media-cache.ts";

const SEA = "/v1/media/message/7/sea";

/** A cache whose files are answered by the test, one request after the other. */
function cacheOf() {
  const requests: { address: string; signal: AbortSignal; answer: PromiseWithResolvers<Blob> }[] = [];
  const cache = new MediaCache((address, signal) => {
    const answer = Promise.withResolvers<Blob>();
    requests.push({ address, signal, answer });
    return answer.promise;
  });
  const succeed = async (at: number) => {
    requests[at]?.answer.resolve(new Blob(["sea"], { type: "image/png" }));
    await vi.advanceTimersByTimeAsync(0);
  };
  const refuse = async (at: number, code: StudyMateErrorCode) => {
    requests[at]?.answer.reject(new StudyMateError(code, code));
    await vi.advanceTimersByTimeAsync(0);
  };
  const isKept = async (src: string) => (await fetch(src).catch(() => undefined)) !== undefined;
  return { cache, requests, succeed, refuse, isKept };
}

const srcOf = (cache: MediaCache) => {
  const media = cache.get(SEA);
  return media.state === "ready" ? media.src : "";
};

describe("Files that are shown", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("are fetched once for all who show them", async () => {
    const { cache, requests, succeed } = cacheOf();
    const [heard, heardToo] = [vi.fn(), vi.fn()];
    cache.show(SEA, heard);
    cache.show(SEA, heardToo);
    expect(cache.get(SEA)).toEqual({ state: "loading" });
    await succeed(0);
    expect(cache.get(SEA)).toMatchObject({ state: "ready", src: expect.stringMatching(/^blob:/) });
    expect([heard, heardToo].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    expect(requests).toHaveLength(1);
  });

  test("are kept while somebody shows them, and a moment longer", async () => {
    const { cache, requests, succeed, isKept } = cacheOf();
    const hide = cache.show(SEA, () => {});
    const hideOther = cache.show(SEA, () => {});
    await succeed(0);
    const src = srcOf(cache);
    hide();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await isKept(src)).toBe(true);
    hideOther();
    await vi.advanceTimersByTimeAsync(10_000);
    const hideAgain = cache.show(SEA, () => {});
    await vi.advanceTimersByTimeAsync(60_000);
    expect(srcOf(cache)).toBe(src);
    hideAgain();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(cache.get(SEA)).toEqual({ state: "loading" });
    expect(await isKept(src)).toBe(false);
    cache.show(SEA, () => {});
    expect(requests).toHaveLength(2);
  });

  test("are not waited for any more when nobody shows them", async () => {
    const { cache, requests, succeed } = cacheOf();
    cache.show(SEA, () => {})();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests[0]?.signal.aborted).toBe(true);
    cache.show(SEA, () => {});
    await succeed(0);
    expect(cache.get(SEA)).toEqual({ state: "loading" });
    await succeed(1);
    expect(cache.get(SEA)).toMatchObject({ state: "ready" });
  });

  test.each([
    ["forbidden", "denied"],
    ["not_found", "gone"],
    ["network", "failed"],
    ["unavailable", "failed"],
  ] as const)("say of %s that they are %s", async (code, state) => {
    const { cache, refuse } = cacheOf();
    cache.show(SEA, () => {});
    await refuse(0, code);
    expect(cache.get(SEA)).toEqual({ state });
  });

  test("are asked for again when the network is back or somebody shows them anew, and never by themselves", async () => {
    const { cache, requests, refuse, succeed } = cacheOf();
    cache.show(SEA, () => {});
    await refuse(0, "network");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(requests).toHaveLength(1);
    cache.show(SEA, () => {});
    await refuse(1, "network");
    cache.retry();
    await succeed(2);
    expect(cache.get(SEA)).toMatchObject({ state: "ready" });
    cache.retry();
    expect(requests).toHaveLength(3);
  });

  test("are not asked for again where they were refused", async () => {
    const { cache, requests, refuse } = cacheOf();
    cache.show(SEA, () => {});
    await refuse(0, "forbidden");
    cache.show(SEA, () => {});
    cache.retry();
    expect(requests).toHaveLength(1);
  });
});
