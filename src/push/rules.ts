/** What fits into a push, and what follows from a push service's answer. */
import type { PushPayload } from "../../schema/push.ts";

/** Push services need not take more than 4,096 bytes (RFC 8030): header, delimiter and tag go off (RFC 8188). */
export const MAX_PLAINTEXT_BYTES = 4_096 - 86 - 17;

const ELLIPSIS = "…";
const FIRST_RETRY_SECONDS = 15;
const LAST_RETRY_SECONDS = 60 * 60;
/** A queue keeps no message back for longer. */
const MOST_SECONDS = 12 * 60 * 60;

const encoder = new TextEncoder();
/** What people take for one character, whatever it is made of. */
const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The payload as it goes to the browser, its message cut where it is too long. */
export function fitPayload(payload: PushPayload): PushPayload {
  if (jsonBytes(payload) <= MAX_PLAINTEXT_BYTES) return payload;
  const other = jsonBytes({ ...payload, message: "" });
  return { ...payload, message: cut(payload.message, MAX_PLAINTEXT_BYTES - other) };
}

/** The characters at the beginning that take at most `maxBytes` in JSON, with an ellipsis. */
function cut(text: string, maxBytes: number): string {
  let left = maxBytes - textBytes(ELLIPSIS);
  let end = 0;
  for (const { segment, index } of characters.segment(text)) {
    left -= textBytes(segment);
    if (left < 0) break;
    end = index + segment.length;
  }
  return text.slice(0, end) + ELLIPSIS;
}

/** Of a piece of a text, without its quotes. */
function textBytes(text: string): number {
  return jsonBytes(text) - 2;
}

function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).byteLength;
}

/** Of a push service that was asked: it has it, knows no such browser, will not take it, or cannot just now. */
export type Verdict =
  | { readonly kind: "sent" | "gone" | "refused" }
  | { readonly kind: "later"; readonly afterSeconds: number };

export function judgeAnswer(status: number, retryAfter: string | null, now: number): Verdict {
  if (status >= 200 && status < 300) return { kind: "sent" };
  if (status === 404 || status === 410) return { kind: "gone" };
  if (status === 429 || status >= 500) return { kind: "later", afterSeconds: parseRetryAfter(retryAfter, now) };
  return { kind: "refused" };
}

/** Seconds, or a date; 0 where it is neither. */
function parseRetryAfter(value: string | null, now: number): number {
  if (value === null || /^\d{1,9}$/.test(value)) return Number(value);
  const time = Date.parse(value);
  return Number.isNaN(time) ? 0 : Math.max(0, Math.ceil((time - now) / 1_000));
}

/** 15, 30, 60 … seconds, at most an hour, and no sooner than the push service says. */
export function retrySeconds(attempts: number, afterSeconds = 0): number {
  const own = Math.min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** Math.min(Math.max(0, attempts - 1), 10));
  return Math.min(MOST_SECONDS, Math.max(own, afterSeconds));
}
