/**
 * Tells partners what this one shows. The row with what was told is written before anybody hears of it, and the deadline
 * stands until all have heard, so a kill in between repeats the telling. Whoever is asked answers with what they show.
 */
import type { PresenceState, UserPresenceRpc } from "../../schema/rpc.ts";
import { backoffMs, type DueTable, type NextRun } from "../kernel/due.ts";
import { inParallel } from "../kernel/in-parallel.ts";
import { inTime } from "../kernel/in-time.ts";
import { logError } from "../kernel/log.ts";
import type { Partners } from "./partners.ts";
import { nextTelling, OFFLINE_AFTER_MS, type Standing, shownState } from "./rules.ts";
import type { PresenceStore } from "./store.ts";

export interface TellingDeps {
  readonly store: PresenceStore;
  readonly partners: Partners;
  readonly due: DueTable;
  readonly cache: () => KVNamespace;
  readonly isConnected: () => boolean;
  readonly presenceOf: (userId: number) => Pick<UserPresenceRpc, "meet">;
  /** A partner answered with what they show. */
  readonly onMet: (userId: number, state: PresenceState) => void;
  /** Keeps what is known of partners for as long as there is a socket. */
  readonly remember: (memo: string | undefined) => void;
  readonly now: () => number;
}

export const TELLING_DUE = "telling";
/** With those that fill the inbox, no more than 64. */
const MOST_CALLS = 48;
const CALL_MS = 5_000;
const RETRY_MS = 1_000;
/** Presence is no promise: who cannot be reached learns it when they ask. */
const MOST_ATTEMPTS = 6;

/** For lists of many people: the object itself is the truth. */
const CACHE_SECONDS = 30 * 60;
const CACHE_RENEWED_MS = 20 * 60_000;

/** Where KV has what somebody shows. */
export function onlineKey(userId: number): string {
  return `online:${userId}`;
}

/** Who was not reached when this was told. Only they are told it again. */
interface Unreached {
  readonly toldAt: number;
  readonly asking: number;
  readonly userIds: readonly number[];
  readonly attempts: number;
}

export class Telling {
  private readonly deps: TellingDeps;
  private unreached: Unreached | undefined;

  constructor(deps: TellingDeps) {
    this.deps = deps;
  }

  /** Something was told that not everybody has heard. */
  isOwed(): boolean {
    const { told, heardAt } = this.deps.store.me;
    return told.at > heardAt;
  }

  /** Something of it changed: a first socket, another choice, a new partner. */
  soon(): void {
    const { due, now } = this.deps;
    due.schedule(TELLING_DUE, now());
  }

  /** The last socket ended. */
  gone(now: number): void {
    const { store, partners, due } = this.deps;
    store.changeMe({ lastSeen: now, seenPartners: partners.isKnown ? partners.online() : null });
    due.schedule(TELLING_DUE, now + OFFLINE_AFTER_MS);
  }

  /** Somebody came and saw this one, who is gone but not yet said to be: they are to hear of it too. */
  alsoSeenBy(userId: number): void {
    const { store, isConnected } = this.deps;
    const { told, seenPartners } = store.me;
    if (isConnected() || told.status === "offline" || !seenPartners || seenPartners.includes(userId)) return;
    store.changeMe({ seenPartners: [...seenPartners, userId] });
  }

  async run(): Promise<NextRun> {
    const { now, partners, store } = this.deps;
    const next = nextTelling(this.standing(), now());
    if (next !== null && "at" in next) return { at: next.at };
    if (next !== null) this.write(next.tell);
    if (this.isOwed() || this.isUnknown()) {
      const toldAt = store.me.told.at;
      const { asking } = partners;
      const tried = this.unreached;
      const isAgain = tried?.toldAt === toldAt && tried.asking === asking;
      const userIds = await this.meet(isAgain ? tried.userIds : this.audience());
      const attempts = (isAgain ? tried.attempts : 0) + 1;
      this.unreached = userIds.length > 0 ? { toldAt, asking, userIds, attempts } : undefined;
      // No attempts of the deadline's own: what changes meanwhile is told without waiting for those who do not answer.
      if (this.unreached && attempts <= MOST_ATTEMPTS) return { at: now() + backoffMs(attempts - 1, RETRY_MS) };
      await this.heard(toldAt, asking);
    }
    // What changed meanwhile is looked at again.
    const after = nextTelling(this.standing(), now());
    return after === null ? null : { at: "at" in after ? after.at : now() };
  }

  /** KV forgets by itself: while somebody is there it is told again. */
  async renewCache(): Promise<void> {
    const { store, now } = this.deps;
    const isOld = now() - store.me.cachedAt > CACHE_RENEWED_MS;
    if (store.me.told.status !== "offline" && isOld) store.changeMe({ cachedAt: await this.cached() });
  }

  private isUnknown(): boolean {
    return this.deps.isConnected() && !this.deps.partners.isKnown;
  }

  private async heard(toldAt: number, asking: number): Promise<void> {
    const { store, partners, isConnected, remember } = this.deps;
    if (isConnected()) {
      partners.known(asking);
      remember(partners.memo());
    }
    if (!this.isOwed()) return;
    const cachedAt = await this.cached();
    store.changeMe({ heardAt: toldAt, cachedAt });
  }

  private standing(): Standing {
    const { me } = this.deps.store;
    return { isConnected: this.deps.isConnected(), chosen: me.chosen, told: me.told, lastSeen: me.lastSeen };
  }

  /** When KV was told last. */
  private async cached(): Promise<number> {
    const { store, cache, now } = this.deps;
    const { userId, cachedAt } = store.me;
    const { status, lastSeen } = shownState(store.me);
    try {
      const value = JSON.stringify({ status, lastSeen: lastSeen && new Date(lastSeen).toISOString() });
      await cache().put(onlineKey(userId), value, { expirationTtl: CACHE_SECONDS });
      return now();
    } catch (error) {
      logError({ event: "presence.not-cached", object: `user-presence:${userId}` }, error);
      return cachedAt;
    }
  }

  private write(status: Standing["told"]["status"]): void {
    const { store, partners, now } = this.deps;
    // Later than what was told before, whatever the clock says.
    store.changeMe({ told: { status, at: Math.max(now(), store.me.told.at + 1) } });
    if (status === "offline") partners.forget();
  }

  /** Who is there, where that is known: nobody else has to hear it now. */
  private audience(): readonly number[] {
    const { store, partners, isConnected } = this.deps;
    const all = store.partners();
    if (isConnected()) return partners.isKnown ? partners.online().filter((userId) => all.has(userId)) : [...all];
    return store.me.seenPartners?.filter((userId) => all.has(userId)) ?? [...all];
  }

  /** Those who could not be reached. */
  private async meet(userIds: readonly number[]): Promise<readonly number[]> {
    const { store, presenceOf, onMet } = this.deps;
    const failed = await inParallel(MOST_CALLS, userIds, async (userId) => {
      const state = await inTime(CALL_MS, presenceOf(userId).meet(store.me.userId, shownState(store.me)));
      onMet(userId, state);
    });
    if (failed.length > 0) {
      const line = { event: "presence.not-told", object: `user-presence:${store.me.userId}`, people: failed.length };
      logError(line, failed[0]?.error);
    }
    return failed.map(({ item }) => item);
  }
}
