/**
 * What becomes of the messages on the queue `PUSH`. The first try goes to all browsers of a user; each that cannot be
 * reached then is a message of its own from there on, so that none waits for another and none is told twice because of
 * another. A message may come twice all the same: push services replace by topic, browsers by tag.
 */
import { logError } from "../../objects/kernel/log.ts";
import { type PushMessage, type PushRetry, pushMessage, pushRetry } from "../../schema/push.ts";
import { isPushEndpoint } from "./endpoint-rules.ts";
import { Lanes } from "./lanes.ts";
import { fitPayload, retrySeconds } from "./rules.ts";
import { type Push, sendPush } from "./send.ts";
import { forgetGone, type Target, targetsOf, targetWith } from "./store.ts";
import { type Vapid, vapidOf } from "./vapid.ts";

const GIVEN_UP = /-given-up$/;

/** What a queue has delivered, whichever of the two it is. */
export async function consumePushes(batch: MessageBatch, env: Env): Promise<void> {
  if (GIVEN_UP.test(batch.queue)) return writeDownGivenUp(batch);
  const vapid = await vapidOf(env);
  if (vapid === null) {
    logError({ event: "push.dropped", count: batch.messages.length }, "push is not set up");
    return batch.ackAll();
  }
  const sending = { env, vapid, lanes: new Lanes() };
  await Promise.all(batch.messages.map((message) => consume(message, sending)));
}

interface Sending {
  readonly env: Env;
  readonly vapid: Vapid;
  readonly lanes: Lanes;
}

async function consume(message: Message, sending: Sending): Promise<void> {
  try {
    const retried = pushRetry.safeParse(message.body);
    if (retried.success) return await tryAgain(message, retried.data, sending);
    const read = pushMessage.safeParse(message.body);
    if (read.success) return await tryAll(message, read.data, sending);
    logError(
      { event: "push.unreadable" },
      read.error.issues.map(({ path, code }) => `${path.join(".")} ${code}`).join(),
    );
    message.ack();
  } catch (error) {
    logError({ event: "push.failed", attempts: message.attempts }, error);
    message.retry({ delaySeconds: retrySeconds(message.attempts) });
  }
}

async function tryAll(message: Message, { exceptDeviceIds, ttlSeconds, ...rest }: PushMessage, sending: Sending) {
  const { DB, PUSH } = sending.env;
  const { userId, payload } = rest;
  const now = Date.now();
  const push = { ...rest, payload: fitPayload(payload), expiresAt: message.timestamp.getTime() + ttlSeconds * 1_000 };
  const targets = await targetsOf(DB, { userId, exceptDeviceIds, now });
  const tried = await Promise.all(targets.map((target) => tryOne(target, push, sending)));
  const retries = targets.flatMap(({ id }, index) => {
    const afterSeconds = tried[index] ?? null;
    const retry: PushRetry = { ...push, subscriptionId: id };
    return afterSeconds === null ? [] : [{ body: retry, delaySeconds: retrySeconds(1, afterSeconds) }];
  });
  if (retries.length > 0) await PUSH.sendBatch(retries);
  message.ack();
}

async function tryAgain(message: Message, retry: PushRetry, sending: Sending): Promise<void> {
  const { userId, subscriptionId } = retry;
  const target = await targetWith(sending.env.DB, { userId, subscriptionId, now: Date.now() });
  const afterSeconds = target && (await tryOne(target, retry, sending));
  if (afterSeconds === null) message.ack();
  else message.retry({ delaySeconds: retrySeconds(message.attempts + 1, afterSeconds) });
}

/**
 * In how many seconds it should be tried again, at the earliest; null where there is nothing left to do. Never throws:
 * what fails here is this browser's alone.
 */
async function tryOne(target: Target, push: Push, { env, vapid, lanes }: Sending): Promise<number | null> {
  const details = { subscriptionId: target.id };
  try {
    if (!isPushEndpoint(target.endpoint, env)) {
      logError({ event: "push.foreign-endpoint", ...details }, "of no push service that is known");
      return null;
    }
    const isWorthIt = (afterSeconds: number) => Date.now() + afterSeconds * 1_000 < push.expiresAt;
    const verdict = isWorthIt(0)
      ? await lanes.run(new URL(target.endpoint).host, () => sendPush(target, push, vapid))
      : ({ kind: "later", afterSeconds: 0 } as const);
    if (verdict.kind === "gone") await forgetGone(env.DB, target);
    if (verdict.kind !== "later") return null;
    if (isWorthIt(verdict.afterSeconds)) return verdict.afterSeconds;
    logError({ event: "push.expired", ...details }, "it could not be sent in its time");
    return null;
  } catch (error) {
    logError({ event: "push.failed", ...details }, error);
    return 0;
  }
}

/** Nothing of what was to be said is kept. */
function writeDownGivenUp({ messages }: MessageBatch): void {
  for (const { body } of messages) {
    const retried = pushRetry.safeParse(body);
    const details = retried.success ? { subscriptionId: retried.data.subscriptionId } : {};
    logError({ event: "push.given-up", ...details }, "it could not be sent, however often it was tried");
  }
}
