/** What is shown of somebody, and which state of two holds. Pure. */
import type { ChosenStatus, PresenceStatus } from "../../schema/protocol/me/entities.ts";
import type { PresenceState } from "../../schema/rpc.ts";

/** Who comes back within it was never away. */
export const OFFLINE_AFTER_MS = 30_000;
/** A connection that flaps costs others no more than one change in so long. */
export const LEAST_CHANGE_MS = 5_000;

export const UNKNOWN: PresenceState = { status: "offline", lastSeen: null, since: 0 };

export interface Standing {
  readonly isConnected: boolean;
  readonly chosen: ChosenStatus;
  readonly told: { readonly status: PresenceStatus; readonly at: number };
  /** When the last socket ended, epoch milliseconds. */
  readonly lastSeen: number | null;
}

export type NextTelling = { readonly tell: PresenceStatus } | { readonly at: number } | null;

/** What others are to be told now, when to look again, or nothing. */
export function nextTelling({ isConnected, chosen, told, lastSeen }: Standing, now: number): NextTelling {
  if (!isConnected && told.status !== "offline") {
    const offlineAt = (lastSeen ?? 0) + OFFLINE_AFTER_MS;
    return now >= offlineAt ? { tell: "offline" } : { at: offlineAt };
  }
  if (!isConnected || told.status === chosen) return null;
  const earliest = told.at + LEAST_CHANGE_MS;
  return now >= earliest ? { tell: chosen } : { at: earliest };
}

/**
 * What a partner who asks is shown: what the others were told. Something newer would be taken back by nobody, should it be
 * over before it is told.
 */
export function shownState({ told, lastSeen }: Pick<Standing, "told" | "lastSeen">): PresenceState {
  return { status: told.status, lastSeen: told.status === "offline" ? lastSeen : null, since: told.at };
}

/** Whether what was heard is news against what is known. */
export function isNews(known: PresenceState, heard: PresenceState): boolean {
  if (heard.since < known.since) return false;
  return heard.status !== known.status || heard.lastSeen !== known.lastSeen;
}
