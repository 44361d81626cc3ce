/** This browser's subscription for pushes: begun by a click, told to the server at every start, ended by another click. */
import type { z } from "zod";
import type { pushKey, SubscribeRequest } from "../../../schema/api/push.ts";
import { StudyMateError } from "../../client/index.ts";
import type { Session } from "../session/session.ts";
import { forgetPushChoice, hasChosenPush, keepPushChoice } from "./push-choice.ts";

export type PushState = "on" | "off" | "denied" | "unsupported" | "notSetUp";
type Pusher = Pick<Session, "client" | "userId">;

/** A push is worth nothing where nobody shows it: the page has its service worker in a build alone. */
function isSupported(): boolean {
  return import.meta.env.PROD && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

export async function pushState({ client, userId }: Pusher): Promise<PushState> {
  if (!isSupported()) return "unsupported";
  if ((await serverKey(client)) === undefined) return "notSetUp";
  if (Notification.permission === "denied") return "denied";
  const { pushManager } = await navigator.serviceWorker.ready;
  const isOn = hasChosenPush(userId) && Notification.permission === "granted";
  return isOn && (await pushManager.getSubscription()) !== null ? "on" : "off";
}

/** Asks for permission: only where somebody has just clicked. Rejects where the browser or the server cannot. */
export async function turnPushOn(pusher: Pusher): Promise<PushState> {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "denied" : "off";
  if (!(await subscribe(pusher))) return "notSetUp";
  keepPushChoice(pusher.userId);
  return "on";
}

export async function turnPushOff({ client, userId }: Pusher): Promise<PushState> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.getSubscription();
  if (subscription !== null) {
    const body = { endpoint: subscription.endpoint };
    // The server first: were it the other way round, it would send to nobody.
    await client.request({ method: "DELETE", path: "/v1/push-subscriptions", body }).catch(unlessGone);
    await subscription.unsubscribe();
  }
  forgetPushChoice(userId);
  return "off";
}

/** Once per start of the page, for who has chosen it here. Returns what ends it. */
export function keepPush(pusher: Pusher): () => void {
  if (!isSupported() || Notification.permission !== "granted") return () => {};
  const ignore = () => {}; // the next start tries again
  subscribe(pusher).catch(ignore);
  const onMessage = ({ data }: MessageEvent) => {
    if (data?.type === "push-subscription-changed") send(pusher, data.subscription).catch(ignore);
  };
  navigator.serviceWorker.addEventListener("message", onMessage);
  return () => navigator.serviceWorker.removeEventListener("message", onMessage);
}

/** False: the server has no push. */
async function subscribe(pusher: Pusher): Promise<boolean> {
  const applicationServerKey = await serverKey(pusher.client);
  if (applicationServerKey === undefined) return false;
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  const isOfKey = known !== null && base64url(known.options.applicationServerKey) === applicationServerKey;
  if (known !== null && !isOfKey) await known.unsubscribe();
  const subscription = isOfKey ? known : await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  await send(pusher, subscription.toJSON());
  return true;
}

async function send({ client }: Pusher, subscription: PushSubscriptionJSON): Promise<void> {
  const body = subscription as SubscribeRequest; // as browsers write it; the server looks
  await client.request({ method: "POST", path: "/v1/push-subscriptions", body });
}

async function serverKey(client: Pusher["client"]): Promise<string | undefined> {
  try {
    return (await client.request<z.infer<typeof pushKey>>({ path: "/v1/push-key" })).publicKey;
  } catch (error) {
    unlessGone(error);
    return undefined;
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof StudyMateError) || error.code !== "not_found") throw error;
}

function base64url(bytes: ArrayBuffer | null): string {
  const binary = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer()));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
