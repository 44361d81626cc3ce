/** Web push inside workerd: browsers at the push service of the tests, and messages on the queue. */
import { createExecutionContext, createMessageBatch, getQueueResult, type QueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject } from "vitest";
import type { PushMessage, PushRetry } from "../../schema/push.ts";
import { app } from "../../src/app.ts";
import { consumePushes } from "../../src/push/consumer.ts";
import { requestFor, type SignedIn } from "./http.ts";
import type { BrowserReport, Fault, SubscriptionBody } from "./push-service.ts";

const origin = inject("pushOrigin");
/** With the push service of the tests among those that are known. */
export const pushEnv: Env = { ...env, PUSH_ORIGINS: origin };

async function ask<Answer>(path: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${origin}${path}`, { method: "POST", body: JSON.stringify(body) });
  return response.json();
}

export function newBrowser(...faults: readonly Fault[]): Promise<SubscriptionBody> {
  return ask("/subscribe", faults);
}

export function reportOf({ endpoint }: SubscriptionBody): Promise<BrowserReport> {
  return ask("/report", { endpoint });
}

export async function subscribe({ token }: SignedIn, body: SubscriptionBody): Promise<Response> {
  return app.fetch(requestFor("POST", "/v1/push-subscriptions", { token, body }), pushEnv);
}

/** A new browser of somebody, subscribed. */
export async function subscribed(person: SignedIn, ...faults: readonly Fault[]): Promise<SubscriptionBody> {
  const browser = await newBrowser(...faults);
  const response = await subscribe(person, browser);
  if (response.status !== 201) throw new Error(`not subscribed: ${response.status} ${await response.text()}`);
  return browser;
}

export function messageTo({ user }: SignedIn, change: Partial<PushMessage> = {}): PushMessage {
  return {
    userId: user.id,
    exceptDeviceIds: [],
    ttlSeconds: 3_600,
    urgency: "high",
    payload: { id: 1, type: "MESSAGE", title: "민지", message: "안녕하세요!", data: { roomId: 12 } },
    ...change,
  };
}

export interface Retry {
  readonly body: PushRetry;
  readonly delaySeconds?: number;
}

export interface Consumed extends QueueResult {
  /** In how many seconds each message that is to come again does: the batch of the tests does not say. */
  readonly delays: readonly (number | undefined)[];
  /** What was put on the queue meanwhile. */
  readonly retries: readonly Retry[];
}

export interface Delivery {
  readonly attempts?: number;
  /** When it was put on the queue. */
  readonly timestamp?: Date;
  readonly settings?: object;
  readonly queue?: string;
}

/** As the platform delivers a batch. The queue only writes down what it is given. */
export async function consume(bodies: readonly unknown[], delivery: Delivery = {}): Promise<Consumed> {
  const { attempts = 1, timestamp = new Date(), settings = {}, queue = "studymate-push" } = delivery;
  const messages = bodies.map((body, index) => ({ id: String(index), timestamp, attempts, body }));
  const batch = createMessageBatch(queue, messages);
  const delays: (number | undefined)[] = [];
  for (const message of batch.messages) {
    const retry = message.retry.bind(message);
    message.retry = (options) => {
      delays.push(options?.delaySeconds);
      retry(options);
    };
  }
  const retries: Retry[] = [];
  const PUSH = { sendBatch: async (sent: Iterable<Retry>) => void retries.push(...sent) };
  // Of the queue, only this is used.
  await consumePushes(batch, { ...pushEnv, PUSH: PUSH as unknown as Queue, ...settings });
  return { ...(await getQueueResult(batch, createExecutionContext())), delays, retries };
}
