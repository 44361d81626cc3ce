/** Lets so many through a second, a few at a time: what nobody waits for leaves room for what somebody does. */
const TOGETHER = 8;

export class Pace {
  private readonly betweenMs: number;
  private gate: Promise<void> = Promise.resolve();
  private passed = 0;

  constructor(perSecond: number) {
    this.betweenMs = (TOGETHER * 1_000) / perSecond;
  }

  /** Resolves when it is one's turn. */
  turn(): Promise<void> {
    const { gate } = this;
    this.passed += 1;
    if (this.passed % TOGETHER === 0) this.gate = gate.then(() => pause(this.betweenMs));
    return gate;
  }
}

/** Lasts while something is under way, never while the object is idle. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
