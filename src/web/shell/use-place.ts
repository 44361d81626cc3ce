/**
 * Where the page is: the person in `?as=`; in the hash the room and perhaps one of its messages, `#12/345`, or a part of
 * one's account, `#profile`, in the wizard with its step, `#onboarding/3`, or one's learning sessions: the calendar,
 * `#sessions`, the form that plans one, `#sessions/new`, one of them, `#sessions/7`, and its call, `#sessions/7/call`.
 */
import { useSyncExternalStore } from "react";

const PANELS = ["profile", "notifications", "calendar", "devices", "privacy", "onboarding"] as const;
export type Panel = (typeof PANELS)[number];

export interface Place {
  readonly as: string | null;
  readonly panel: Panel | undefined;
  readonly step: number | undefined;
  readonly roomId: number | undefined;
  readonly messageId: number | undefined;
  readonly sessions: SessionsPlace | undefined;
}

export type SessionsPlace =
  | { readonly view: "calendar" | "new"; readonly id: undefined }
  | { readonly view: "details" | "call"; readonly id: number };

export function placeOf(address: string): Place {
  const { hash, searchParams } = new URL(address);
  const [, room, message] = /^#(\d{1,15})(?:\/(\d{1,15}))?$/.exec(hash) ?? [];
  const [, named, step] = /^#([a-z]+)(?:\/(\d))?$/.exec(hash) ?? [];
  return {
    as: searchParams.get("as"),
    panel: PANELS.find((panel) => panel === named),
    step: positive(step),
    roomId: positive(room),
    messageId: positive(message),
    sessions: sessionsPlaceOf(hash),
  };
}

function sessionsPlaceOf(hash: string): SessionsPlace | undefined {
  const [whole, isNew, digits, call] = /^#sessions(?:\/(?:(new)|(\d{1,15})(?:\/(call))?))?$/.exec(hash) ?? [];
  if (whole === undefined) return undefined;
  const id = positive(digits);
  if (id === undefined) return { view: isNew === undefined ? "calendar" : "new", id: undefined };
  return { view: call === undefined ? "details" : "call", id };
}

function positive(digits: string | undefined): number | undefined {
  return digits === undefined || Number(digits) < 1 ? undefined : Number(digits);
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  addEventListener("popstate", listener);
  return () => {
    removeEventListener("hashchange", listener);
    removeEventListener("popstate", listener);
  };
}

export function usePlace(): Place {
  return placeOf(useSyncExternalStore(subscribe, () => location.href));
}

export function goToRoom(roomId: number | undefined): void {
  location.hash = roomId === undefined ? "" : String(roomId);
}

export function linkToPanel(panel: Panel, step?: number): string {
  return step === undefined ? `#${panel}` : `#${panel}/${step}`;
}

export function goToPanel(panel: Panel, step?: number): void {
  location.hash = linkToPanel(panel, step);
}

export function linkToSessions(at?: number | "new"): string {
  return at === undefined ? "#sessions" : `#sessions/${at}`;
}

export function linkToCall(sessionId: number): string {
  return `#sessions/${sessionId}/call`;
}

export function goToSessions(at?: number | "new"): void {
  location.hash = linkToSessions(at);
}

export function linkToMessage(roomId: number, messageId: number): string {
  return new URL(`#${roomId}/${messageId}`, location.href).href;
}

/** Another person is another start of the page: nothing of the last one stays in memory. */
export function goToPerson(key: string | undefined): void {
  location.assign(key === undefined ? location.pathname : `?as=${key}${location.hash}`);
}
