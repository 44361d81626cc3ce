/** Runs the programs that build and send: `wrangler` and `vite`, as found on the PATH that npm gives. */
import { runToEnd } from "../local/process-group.ts";
import { Refusal } from "../local/refusal.ts";

export interface ToolRun {
  /** What a person calls it. */
  readonly title: string;
  readonly program: "wrangler" | "vite";
  readonly args: readonly string[];
  /** What to do when it fails. */
  readonly advice: string;
}

export class Tools {
  private readonly folder: string;
  private readonly signal: AbortSignal;

  constructor(folder: string, signal: AbortSignal) {
    this.folder = folder;
    this.signal = signal;
  }

  /** Returns what it printed. Shown only if it fails: a step that is done is one line. */
  async run({ title, program, args, advice }: ToolRun): Promise<string> {
    const lines: string[] = [];
    const environment = {
      ...process.env,
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_SEND_METRICS: "false",
    };
    try {
      await runToEnd(
        { title, program, args, folder: this.folder, environment, onLine: (line) => lines.push(line) },
        this.signal,
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const said = lines.map((line) => `  ${line}`).join("\n");
      throw new Refusal(`${said}\n${error.message} Nothing after it was done. ${advice}`);
    }
    console.log(`✓ ${title}`);
    return lines.join("\n");
  }
}
