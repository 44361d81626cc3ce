/** How long what failed rests, without chance in it: who looks at it can say when it is tried again. Pure. */

export interface Rest {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** After the nth failure in a row: twice as long each time. */
export function restMs(failures: number, { firstMs, lastMs }: Rest): number {
  return Math.min(lastMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 16));
}
