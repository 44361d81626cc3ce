/** Loads pages of older messages into a room's state, one at a time and without a hole. */
import type { Message } from "../../schema/protocol/room/entities.ts";
import type { Ack, Command } from "./commands.ts";
import { isHidden, type RoomState, type RoomStep } from "./room-state.ts";

export interface HistoryDeps {
  readonly request: (command: Command) => Promise<Ack>;
  readonly state: () => RoomState;
  readonly onPage: (page: Extract<RoomStep, { type: "history.loaded" }>) => void;
  readonly onChange: () => void;
}

export const PAGE = 50;
const LARGEST_PAGE = 100;
/** A page brings nothing where the state began anew meanwhile; more than that is no reason to ask for ever. */
const MOST_VAIN_LOADS = 3;
/** Messages that stay at least, however many come while nobody loads older ones. */
const LEAST_KEPT = 2_000;
/** Trimmed when so many are too many: not at each message. */
const SLACK = 500;

export class History {
  readonly #deps: HistoryDeps;
  #loading: Promise<void> | undefined;
  /** What somebody asked for stays, as long as it is the newest part. */
  #kept = LEAST_KEPT;
  #isFirst = true;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  get isLoading(): boolean {
    return this.#loading !== undefined;
  }

  /** The first page of a room that was never seen is still to come. */
  get isFirstLoad(): boolean {
    return this.#isFirst;
  }

  /** A welcome was taken in: a state that begins anew needs its newest page, and no page that was asked for before. */
  welcomed(lastMessageId: number): void {
    const { oldestId } = this.#deps.state();
    const startsOver = oldestId > 1 && oldestId > lastMessageId;
    this.#isFirst = startsOver || (this.#isFirst && this.#loading !== undefined);
    if (!startsOver) return;
    this.#loading = undefined;
    this.#kept = LEAST_KEPT;
    // Whoever waits for the load also sees its failure; it can be asked for again.
    this.#load(undefined, PAGE).catch(() => {});
  }

  loadOlder(limit: number): Promise<void> {
    const { oldestId, position } = this.#deps.state();
    if (oldestId <= 1) return Promise.resolve();
    return this.#load(oldestId > position.messageId ? undefined : oldestId, limit);
  }

  /** False: there is no such message, or it is hidden. */
  async loadBackTo(messageId: number): Promise<boolean> {
    for (let vain = 0; vain < MOST_VAIN_LOADS; ) {
      const state = this.#deps.state();
      const { oldestId } = state;
      if (messageId < 1 || messageId > state.position.messageId) return false;
      const message = state.messages.get(messageId);
      if (messageId >= oldestId) return message !== undefined && !isHidden(state, message);
      await this.loadOlder(LARGEST_PAGE);
      if (this.#deps.state().oldestId >= oldestId) vain += 1;
    }
    return false;
  }

  /** The number from which messages stay, where there are far more than anybody asked for. */
  get trimTo(): number | undefined {
    const { oldestId, position } = this.#deps.state();
    const shown = position.messageId - oldestId + 1;
    return shown > this.#kept + SLACK && !this.isLoading ? position.messageId - this.#kept + 1 : undefined;
  }

  #load(beforeId: number | undefined, limit: number): Promise<void> {
    if (this.#loading !== undefined) return this.#loading;
    const loading = this.#loadPage(beforeId, limit).finally(() => {
      if (this.#loading !== loading) return;
      this.#loading = undefined;
      this.#isFirst = false;
      this.#deps.onChange();
    });
    this.#loading = loading;
    this.#deps.onChange();
    return loading;
  }

  async #loadPage(beforeId: number | undefined, limit: number): Promise<void> {
    const ack = await this.#deps.request({ type: "history", limit, ...(beforeId !== undefined && { beforeId }) });
    // The answer to `history` has these fields: schema/protocol/room/client-frames.ts.
    const { messages, hasMore } = ack as Ack & { messages: readonly Message[]; hasMore: boolean };
    this.#deps.onPage({ type: "history.loaded", beforeId, messages, hasMore });
    const { oldestId, position } = this.#deps.state();
    this.#kept = Math.max(LEAST_KEPT, position.messageId - oldestId + 1);
  }
}
