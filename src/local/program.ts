/** What the programs of this folder have in common: they end politely on a signal, and say what went wrong in a sentence. */
import { Refusal } from "./refusal.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** As a shell says of what a signal ended: whoever waits for a program must not take it for done. */
const STOPPED = 130;

/** `stopped`: the exit code where a signal ended it before it was done. */
export async function runProgram(run: (signal: AbortSignal) => Promise<void>, stopped = STOPPED): Promise<void> {
  const stop = new AbortController();
  for (const name of SIGNALS) process.on(name, () => stop.abort());
  try {
    await run(stop.signal);
    process.exit(0);
  } catch (error) {
    // What the steps throw then is the abort itself.
    if (error instanceof Error && error.name === "AbortError") process.exit(stopped);
    console.error(error instanceof Refusal ? error.message : error);
    process.exit(1);
  }
}
