/** One push to one browser, through its push service (RFC 8030). */
import { logError } from "../../objects/kernel/log.ts";
import type { PushRetry } from "../../schema/push.ts";
import { encryptFor } from "./encryption.ts";
import { judgeAnswer, type Verdict } from "./rules.ts";
import type { Target } from "./store.ts";
import type { Vapid } from "./vapid.ts";

const PATIENCE_MS = 5_000;
const encoder = new TextEncoder();

export type Push = Omit<PushRetry, "userId" | "subscriptionId">;

export async function sendPush(target: Target, push: Push, vapid: Vapid): Promise<Verdict> {
  const { origin, host } = new URL(target.endpoint);
  const now = Date.now();
  const body = await encryptFor(target, encoder.encode(JSON.stringify(push.payload)));
  const headers = {
    authorization: await vapid.authorization(origin, now),
    "content-encoding": "aes128gcm",
    "content-type": "application/octet-stream",
    ttl: String(Math.max(1, Math.ceil((push.expiresAt - now) / 1_000))),
    topic: push.topic ?? `notification-${push.payload.id}`,
    urgency: push.urgency,
  };
  const details = { subscriptionId: target.id, host };
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    // Nobody is sent elsewhere: the address that was checked is the one that is called.
    const request = { method: "POST", headers, body, redirect: "manual", signal } as const;
    const response = await fetch(target.endpoint, request);
    await response.body?.cancel();
    const verdict = judgeAnswer(response.status, response.headers.get("retry-after"), now);
    if (verdict.kind === "refused") {
      logError({ event: "push.refused", ...details, status: response.status }, "the push service does not take it");
    }
    return verdict;
  } catch (error) {
    logError({ event: "push.unreachable", ...details }, error);
    return { kind: "later", afterSeconds: 0 };
  }
}
