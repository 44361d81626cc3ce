/** What the programs of this folder have in common: they end politely on a signal, and say what went wrong in a sentence. */
import { Refusal } from "./refusal.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export async function runProgram(run: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  for (const name of SIGNALS) process.on(name, () => stop.abort());
  try {
    await run(stop.signal);
    process.exit(0);
  } catch (error) {
    // Stopped before it was done: what the steps throw then is the abort itself.
    if (error instanceof Error && error.name === "AbortError") process.exit(0);
    console.error(error instanceof Refusal ? error.message : error);
    process.exit(1);
  }
}
