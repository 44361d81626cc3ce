/** StudyMate as a real process: `src/local/start.ts` on a free port and a state folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupMembers, signalGroup } from "../../../src/local/process-group.ts";
import { readRunning } from "../../../src/local/running.ts";
import { until } from "../../../src/local/until.ts";

const START = join(import.meta.dirname, "../../../src/local/start.ts");
const READY_MS = 90_000;
const END_MS = 20_000;

export interface ServerOptions {
  readonly stateFolder: string;
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const started = new Set<ServerProcess>();
const folders = new Set<string>();

export class ServerProcess {
  readonly baseUrl: string;
  readonly stateFolder: string;
  readonly #child: ChildProcess;
  #output = "";
  #exit: number | null | undefined;

  constructor({ stateFolder, port, environment }: ServerOptions) {
    this.baseUrl = `http://localhost:${port}`;
    this.stateFolder = stateFolder;
    this.#child = spawn(process.execPath, [START], {
      env: { ...process.env, PORT: String(port), STUDYMATE_STATE: stateFolder, SEED: "off", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#output += String(chunk);
      });
    }
    // "close" and not "exit": all that it said has been read by then.
    this.#child.once("close", (code) => {
      this.#exit = code;
    });
    started.add(this);
  }

  /** What it printed, to both streams. */
  get output(): string {
    return this.#output;
  }

  /** The process group of the server behind `npm start`. */
  get group(): number {
    const group = readRunning(this.stateFolder)?.group;
    if (group === undefined) throw new Error(`No server is recorded in ${this.stateFolder}.`);
    return group;
  }

  /** Waits until it says that it runs. */
  async ready(): Promise<this> {
    const isUp = () => this.#exit !== undefined || this.#output.includes("StudyMate is running");
    const isDone = await until(isUp, { limitMs: READY_MS });
    if (!isDone || this.#exit !== undefined) throw new Error(`The server did not start:\n${this.#output}`);
    return this;
  }

  async exitCode(): Promise<number | null> {
    if (!(await until(() => this.#exit !== undefined, { limitMs: END_MS }))) {
      throw new Error(`The server does not end:\n${this.#output}`);
    }
    return this.#exit ?? null;
  }

  /** Ctrl-C, unless another signal is given. */
  stop(signal: NodeJS.Signals = "SIGINT"): Promise<number | null> {
    this.#child.kill(signal);
    return this.exitCode();
  }

  /** SIGKILL for `npm start` and everything behind it at one moment, as when power fails. */
  async killAll(): Promise<void> {
    const group = readRunning(this.stateFolder)?.group;
    this.#child.kill("SIGKILL");
    if (group !== undefined) {
      signalGroup(group, "SIGKILL");
      await until(() => groupMembers(group).length === 0, { limitMs: END_MS });
    }
    await this.exitCode();
  }

  get hasEnded(): boolean {
    return this.#exit !== undefined;
  }
}

export function startServer(options: ServerOptions): Promise<ServerProcess> {
  return new ServerProcess(options).ready();
}

export function newStateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "studymate-"));
  folders.add(folder);
  return folder;
}

/** For `afterAll`: nothing that a test started outlives it, whatever happened. */
export async function cleanUp(): Promise<void> {
  await Promise.all([...started].map((server) => server.killAll()));
  started.clear();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a path
  await new Promise((resolve) => server.close(resolve));
  return port;
}
