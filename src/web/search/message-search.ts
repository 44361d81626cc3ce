/**
 * Searches while somebody types: asks after a pause, gives up what was asked before, and takes the answer to the last
 * question only. What was found stays until the next answer is there.
 */
import { type MessageQuery, type SearchAnswer, type SearchHit, StudyMateError } from "../../client/index.ts";

export interface SearchState {
  /** Undefined while nothing was looked for. */
  readonly found: SearchAnswer | undefined;
  /** What was found answers an older question. */
  readonly isStale: boolean;
  /** A question is about to be asked, or its answer on its way. */
  readonly isBusy: boolean;
  readonly isLoadingMore: boolean;
  /** Why the last question has no answer. */
  readonly problem: unknown;
}

export type Ask = (query: MessageQuery, options: { signal: AbortSignal }) => Promise<SearchAnswer>;

export const PAUSE_MS = 200;
const DEADLINE_MS = 15_000;
const PAGE = 20;
const WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const NOTHING: SearchState = {
  found: undefined,
  isStale: false,
  isBusy: false,
  isLoadingMore: false,
  problem: undefined,
};

export class MessageSearch {
  readonly #ask: Ask;
  readonly #listeners = new Set<() => void>();
  #state = NOTHING;
  #query: MessageQuery | undefined;
  /** The question that `found` answers. */
  #answered: MessageQuery | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the one question that is out. */
  #asking: AbortController | undefined;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly getSnapshot = (): SearchState => this.#state;

  /** Undefined: for nothing. What is typed is asked for after a pause, everything else at once. */
  lookFor(query: MessageQuery | undefined): void {
    if (isSame(query, this.#query)) return;
    if (query === undefined) return void this.close();
    const pauseMs = isTyped(query, this.#query) ? PAUSE_MS : 0;
    this.#query = query;
    this.#begin(query, pauseMs);
  }

  /** The next page of what was found. */
  more(): void {
    const { found, isStale, isLoadingMore } = this.#state;
    if (this.#query === undefined || !found?.nextCursor || isStale || isLoadingMore) return;
    this.#giveUp();
    this.#set({ ...NOTHING, found, isLoadingMore: true });
    void this.#findMore(this.#query, found.nextCursor);
  }

  /** What failed, once more. */
  again(): void {
    if (this.#query === undefined) return;
    const { found, isStale } = this.#state;
    if (found !== undefined && !isStale) this.more();
    else this.#begin(this.#query, 0);
  }

  close(): void {
    this.#query = undefined;
    this.#answered = undefined;
    this.#giveUp();
    this.#set(NOTHING);
  }

  #begin(query: MessageQuery, pauseMs: number): void {
    this.#giveUp();
    const isKnown = isSame(query, this.#answered);
    this.#set({ ...NOTHING, found: this.#state.found, isStale: !isKnown, isBusy: !isKnown });
    if (!isKnown) this.#timer = setTimeout(() => void this.#find(query), pauseMs);
  }

  async #find(query: MessageQuery): Promise<void> {
    const answer = await this.#answerTo(query);
    if (answer === undefined) return;
    this.#answered = query;
    this.#set({ ...NOTHING, found: answer });
  }

  async #findMore(query: MessageQuery, cursor: string): Promise<void> {
    const answer = await this.#answerTo({ ...query, cursor });
    const { found } = this.#state;
    if (answer === undefined || found === undefined) return;
    const known = new Set(found.items.map(keyOf));
    const items = [...found.items, ...answer.items.filter((hit) => !known.has(keyOf(hit)))];
    this.#set({ ...NOTHING, found: { ...found, items, nextCursor: answer.nextCursor } });
  }

  /** Undefined: there is none, and the state says why; or it came too late. */
  async #answerTo(query: MessageQuery): Promise<SearchAnswer | undefined> {
    const asking = new AbortController();
    this.#asking = asking;
    const deadline = setTimeout(() => asking.abort(), DEADLINE_MS);
    try {
      const answer = await this.#ask({ limit: PAGE, ...query }, asking);
      return this.#asking === asking ? answer : undefined;
    } catch (problem) {
      if (this.#asking === asking) this.#fail(problem);
      return undefined;
    } finally {
      clearTimeout(deadline);
    }
  }

  #fail(problem: unknown): void {
    this.#set({ ...this.#state, isBusy: false, isLoadingMore: false, problem });
    if (!(problem instanceof StudyMateError) || problem.code !== "rate_limited") return;
    const again = () => this.#state.problem === problem && this.again();
    this.#timer = setTimeout(again, Math.min(problem.retryAfterMs ?? WAIT_MS, LONGEST_WAIT_MS));
  }

  #giveUp(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = undefined;
  }

  #set(state: SearchState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** One message can be found by two pages, where it was edited in between. */
function keyOf({ message }: SearchHit): string {
  return `${message.roomId}/${message.id}`;
}

/** Days are typed too, and are days before they are whole; one that is taken away was not typed. */
function isTyped({ q, from, to }: MessageQuery, last: MessageQuery | undefined): boolean {
  const hasDays = from !== undefined || to !== undefined;
  return q !== last?.q || (hasDays && (from !== last.from || to !== last.to));
}

function isSame(one: MessageQuery | undefined, other: MessageQuery | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
