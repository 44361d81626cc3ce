/**
 * Calls side by side, so many to each host: a push service that hangs takes some of the six that a Worker may have open,
 * and not those of the others. One set of lanes for each batch: a Worker must not wait for another request's call.
 */
const CALLS_PER_HOST = 3;

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  async run<Value>(host: string, call: () => Promise<Value>): Promise<Value> {
    const lane = this.#lanes.get(host) ?? { running: 0, waiting: [] };
    this.#lanes.set(host, lane);
    if (lane.running < CALLS_PER_HOST) lane.running += 1;
    // Whoever ends hands its place on.
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else lane.running -= 1;
    }
  }
}
