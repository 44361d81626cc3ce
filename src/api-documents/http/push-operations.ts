/** Web push: browsers that are told something while no page is open. */
import {
  type PushSubscriptionAnswer,
  pushKey,
  pushSubscription,
  type SubscribeRequest,
  subscribeRequest,
  unsubscribeRequest,
} from "../../../schema/api/push.ts";
import type { Operation } from "./operation.ts";

const notSetUp = "Push is not set up here.";

/** The keys are those of RFC 8291's example. */
const minjisBrowser: SubscribeRequest = {
  endpoint: "https://fcm.googleapis.com/fcm/send/dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx",
  expirationTime: null,
  keys: {
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  },
};

const subscribed: PushSubscriptionAnswer = {
  id: 6001,
  createdAt: "2026-11-22T09:30:00.000Z",
  updatedAt: "2026-11-22T09:30:00.000Z",
};

export const PUSH_OPERATIONS = {
  "GET /v1/push-key": {
    id: "getPushKey",
    area: "Notifications",
    summary: "Get the key that browsers subscribe for",
    description: "For `pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })`.",
    caller: "user",
    answers: {
      200: {
        description: "The public key of this server.",
        schema: pushKey,
        example: {
          publicKey: "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
        },
      },
    },
    refusals: { not_found: notSetUp },
  },
  "POST /v1/push-subscriptions": {
    id: "subscribeToPush",
    area: "Notifications",
    summary: "Have a browser told while no page is open",
    description:
      "Sent again, it is the same subscription, with the keys of then. It belongs to the device that sends it, and ends with " +
      "it. A browser in which somebody else was subscribed is the caller's from then on. Of more than 20 of a user, those " +
      "that were not sent for longest are forgotten.",
    caller: "user",
    body: subscribeRequest,
    examples: { chrome: { summary: "Minji's browser", body: minjisBrowser, status: 201 } },
    answers: {
      200: { description: "It was subscribed before.", schema: pushSubscription, example: subscribed },
      201: { description: "It is subscribed.", schema: pushSubscription, example: subscribed },
    },
    refusals: {
      invalid_frame:
        "The body does not fit, the key is no point of P-256, or the endpoint is of no push service known.",
      not_found: notSetUp,
    },
  },
  "DELETE /v1/push-subscriptions": {
    id: "unsubscribeFromPush",
    area: "Notifications",
    summary: "Have a browser told nothing any more",
    description: "By its endpoint.",
    caller: "user",
    body: unsubscribeRequest,
    examples: {
      chrome: { summary: "Minji's browser", body: { endpoint: minjisBrowser.endpoint }, status: 204 },
    },
    answers: { 204: { description: "It is not subscribed, or never was." } },
    refusals: {},
  },
} as const satisfies Record<string, Operation>;
