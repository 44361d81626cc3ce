/**
 * A passage: messages in a row from somewhere in a room's past, loaded around one of them and on demand at both ends.
 * Without a hole, and none twice. It is as it was when it was loaded: what happens now is in the live log.
 */
import type { HistoryAnswer, Message } from "../../client/index.ts";

export interface PassageState {
  /** Oldest first; empty until the first page is there. */
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly loading: "around" | "older" | "newer" | undefined;
  /** The last page could not be loaded. */
  readonly hasFailed: boolean;
  /** There is no message of the number that was asked for: these are those around it. Another object is another time. */
  readonly lost: { readonly nearestId: number | undefined } | undefined;
}

export type LoadPage = (page: {
  before?: number;
  after?: number;
  around?: number;
  limit: number;
}) => Promise<HistoryAnswer>;

const PAGE = 50;
const EMPTY: PassageState = {
  messages: [],
  hasOlder: false,
  hasNewer: false,
  loading: undefined,
  hasFailed: false,
  lost: undefined,
};

export class PassageLoader {
  readonly #load: LoadPage;
  readonly #listeners = new Set<() => void>();
  #state = EMPTY;
  #before: number | null = null;
  #after: number | null = null;
  /** A page that was asked for before another passage was begun belongs nowhere. */
  #turn = 0;
  #wantedId: number | undefined;

  constructor(load: LoadPage) {
    this.#load = load;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly getSnapshot = (): PassageState => this.#state;

  /** Begins anew around a message, unless it is here. What is here stays until the other one is. */
  goTo(id: number): void {
    this.#wantedId = id;
    this.#turn += 1;
    this.#set({ loading: undefined, hasFailed: false, lost: undefined });
    if (!this.#isHere(id)) void this.#page("around", { around: id });
  }

  loadOlder(): void {
    if (this.#before !== null && this.#isFree) void this.#page("older", { before: this.#before });
  }

  loadNewer(): void {
    if (this.#after !== null && this.#isFree) void this.#page("newer", { after: this.#after });
  }

  /** After a failure: whichever page it was. */
  again(): void {
    if (this.#wantedId === undefined || this.#state.loading !== undefined) return;
    this.#set({ hasFailed: false });
    if (this.#state.lost === undefined && !this.#isHere(this.#wantedId)) this.goTo(this.#wantedId);
  }

  #isHere(wantedId: number): boolean {
    return this.#state.messages.some(({ id }) => id === wantedId);
  }

  /** The end of the list asks again and again: not for what has just failed. */
  get #isFree(): boolean {
    return this.#state.loading === undefined && !this.#state.hasFailed;
  }

  async #page(loading: "around" | "older" | "newer", place: Omit<Parameters<LoadPage>[0], "limit">): Promise<void> {
    const turn = this.#turn;
    this.#set({ loading, hasFailed: false });
    try {
      const answer = await this.#load({ ...place, limit: PAGE });
      if (turn === this.#turn) this.#take(loading, answer);
    } catch {
      if (turn === this.#turn) this.#set({ loading: undefined, hasFailed: true });
    }
  }

  #take(loading: "around" | "older" | "newer", { items, nextCursor, previousCursor }: HistoryAnswer): void {
    const { messages } = this.#state;
    const oldestFirst = items.toSorted((one, other) => one.id - other.id);
    if (loading !== "newer") this.#before = nextCursor;
    if (loading === "newer") this.#after = nextCursor;
    if (loading === "around") this.#after = previousCursor;
    const first = messages[0]?.id ?? Number.POSITIVE_INFINITY;
    const last = messages.at(-1)?.id ?? 0;
    const joined = {
      around: oldestFirst,
      older: [...oldestFirst.filter(({ id }) => id < first), ...messages],
      newer: [...messages, ...oldestFirst.filter(({ id }) => id > last)],
    };
    this.#set({
      messages: joined[loading],
      hasOlder: this.#before !== null,
      hasNewer: this.#after !== null,
      loading: undefined,
      lost: loading === "around" ? lostAmong(oldestFirst, this.#wantedId) : this.#state.lost,
    });
  }

  #set(change: Partial<PassageState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function lostAmong(messages: readonly Message[], wantedId = 0): PassageState["lost"] {
  const distanceOf = ({ id }: Message) => Math.abs(id - wantedId);
  const nearestId = messages.toSorted((one, other) => distanceOf(one) - distanceOf(other))[0]?.id;
  return nearestId === wantedId ? undefined : { nearestId };
}
