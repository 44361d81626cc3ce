/**
 * What is pushed while no page is open: always shown, as browsers demand. A push that comes twice has the same tag, and
 * takes the other's place without a sound.
 */
import type { PushPayload } from "../../../schema/push.ts";

type Shown = Pick<PushPayload, "title" | "message" | "data"> & { readonly id: number | undefined };

export function listenForPushes(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener("push", (event) => event.waitUntil(show(worker, event.data)));
  worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(worker, placeOf(event.notification.data)));
  });
  worker.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(worker, event)));
}

function show({ registration }: ServiceWorkerGlobalScope, sent: PushMessageData | null): Promise<void> {
  const { id, title, message, data } = read(sent);
  return registration.showNotification(title, {
    body: message,
    data,
    icon: "/icon.svg",
    ...(id !== undefined && { tag: String(id) }),
  });
}

/** Of another version of the server, or none at all: something is shown in any case. */
function read(sent: PushMessageData | null): Shown {
  const unknown = { id: undefined, title: "StudyMate", message: "", data: {} };
  try {
    const { id, title, message, data }: Partial<PushPayload> = sent?.json() ?? {};
    return { id, title: title || unknown.title, message: message ?? unknown.message, data: data ?? unknown.data };
  } catch {
    return unknown;
  }
}

/** The hash of the page's address: a room, a learning session, or the beginning. */
function placeOf(data: Partial<PushPayload["data"]> | undefined): string {
  const { roomId, sessionId } = data ?? {};
  if (isId(roomId)) return String(roomId);
  return isId(sessionId) ? `sessions/${sessionId}` : "";
}

function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/** In the window that is looked at, else in any, else in a new one. */
async function open({ clients, location }: ServiceWorkerGlobalScope, hash: string): Promise<void> {
  const windows = await clients.matchAll({ type: "window" });
  const window = windows.find(({ visibilityState }) => visibilityState === "visible") ?? windows[0];
  const address = new URL(window?.url ?? location.origin);
  address.hash = hash;
  if (window === undefined) return void (await clients.openWindow(address.href));
  await window.focus();
  // Within the same page: it goes on where it is, and only shows another room.
  if (hash !== "") await window.navigate(address.href);
}

/** The browser gave the subscription up by itself: another in its place, of which pages tell the server. */
async function renew(
  { clients, registration }: ServiceWorkerGlobalScope,
  { oldSubscription, newSubscription }: PushSubscriptionChangeEvent,
): Promise<void> {
  const subscription =
    newSubscription ?? (oldSubscription && (await registration.pushManager.subscribe(oldSubscription.options)));
  if (!subscription) return;
  for (const window of await clients.matchAll({ type: "window" })) {
    window.postMessage({ type: "push-subscription-changed", subscription: subscription.toJSON() });
  }
}
