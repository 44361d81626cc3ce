/** A server that gives these answers one after the other, and remembers what it was asked. */
import { vi } from "vitest";

export function serving(...answers: readonly (() => Response)[]) {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetch = vi.fn((url: string | URL | Request, init: RequestInit = {}) => {
    asked.push({ url: String(url), init });
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    return answer === undefined ? Promise.reject(new TypeError("network")) : Promise.resolve(answer());
  });
  return { asked, fetch };
}

export const jsonAnswer = (body: unknown) => () => Response.json(body);

export function problemAnswer(
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
): () => Response {
  const body = JSON.stringify({ type: "about:blank", title: `${code}.`, status, code, requestId: "r1", ...more });
  return () => new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}
