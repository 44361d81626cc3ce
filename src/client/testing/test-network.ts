/**
 * A network that fails on demand: a `WebSocket` and a `fetch` for `createClient`, around real ones, and what goes wrong
 * with them. Without faults it changes nothing. Its only timers are those of `delay`.
 */
import type { SocketConstructor } from "../index.ts";
import { BOTH, Link, type LinkDeps } from "./network-link.ts";
import type { Direction, Fault, Frame, LoggedFrame } from "./network-pipe.ts";
import { socketClass } from "./scripted-person.ts";
import { Arrivals, type WaitOptions } from "./waiting.ts";

export interface TestNetworkOptions {
  /** The one to wrap; the runtime's own if absent. */
  readonly WebSocket?: SocketConstructor;
  /** The one to wrap; the runtime's own if absent. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface FaultOptions {
  /** `toClient` if absent. */
  readonly direction?: Direction;
  /** The frames that are meant; if absent, all but heartbeats, and for `reorder` the numbered ones. */
  readonly types?: readonly string[];
  /** How many frames it happens to; 1 if absent. */
  readonly times?: number;
}

interface PlannedFault extends Required<Omit<FaultOptions, "types">> {
  readonly fault: Fault;
  readonly fits: (type: string) => boolean;
  left: number;
}

const HEARTBEATS: ReadonlySet<string> = new Set(["ping", "pong", "probe"]);
const isNumbered = (type: string) =>
  /^(?:message|reaction|participant|room)\./.test(type) ? !/\.(?:online|offline)$/.test(type) : type === "receipt";

export class TestNetwork {
  /** To hand to `createClient`. */
  readonly WebSocket: SocketConstructor;
  /** To hand to `createClient`. */
  readonly fetch: typeof globalThis.fetch;
  readonly #log = new Arrivals<LoggedFrame>();
  readonly #links = new Set<Link>();
  readonly #faults: PlannedFault[] = [];
  readonly #deadFetches = new Set<() => void>();
  readonly #deadDirections = new Set<Direction>();
  readonly #delayMs: Record<Direction, number> = { toServer: 0, toClient: 0 };
  #takesNew = true;
  #opened = 0;

  constructor({ WebSocket, fetch }: TestNetworkOptions = {}) {
    const network = this;
    this.WebSocket = class extends Link {
      constructor(url: string, protocols: string[]) {
        network.#opened += 1;
        super(network.#socketDeps(network.#opened), () => new (socketClass(WebSocket))(url, protocols));
        if (!this.isOver) network.#links.add(this);
      }
    };
    this.fetch = (input, init) => this.#fetch(fetch ?? globalThis.fetch, input, init);
  }

  /** Every frame that entered the network, in that order, and what became of it. */
  get log(): readonly LoggedFrame[] {
    return this.#log.all;
  }

  /** How many sockets were asked for so far, refused ones included. */
  get opened(): number {
    return this.#opened;
  }

  /** The first frame in the log that fits and was not given out before, or the next one to come. */
  waitFor(type: string, { direction, ...options }: WaitOptions & { direction?: Direction } = {}): Promise<LoggedFrame> {
    const fits = (one: LoggedFrame) => one.type === type && (direction === undefined || one.direction === direction);
    return this.#log.waitFor(`"${type}"`, fits, options);
  }

  /** Ends every socket with 1006, and fails new ones and requests until `restore`. */
  cut(): void {
    this.#takesNew = false;
    this.#endAll();
  }

  /** Fails new sockets and requests until `restore`; those that are open stay. */
  refuse(): void {
    this.#takesNew = false;
  }

  /** Every frame takes this long, in order, until `restore`; requests and their answers too. */
  delay({ toServerMs = 0, toClientMs = 0 }: { toServerMs?: number; toClientMs?: number }): void {
    this.#delayMs.toServer = toServerMs;
    this.#delayMs.toClient = toClientMs;
  }

  /** Sockets look open but carry nothing, in one direction or both, until `restore`, which ends them. */
  halfOpen(direction?: Direction): void {
    for (const one of direction === undefined ? BOTH : [direction]) this.#deadDirections.add(one);
  }

  /** The next frames arrive twice. */
  duplicate(options: FaultOptions = {}): void {
    this.#plan("duplicate", options);
  }

  /**
   * The next frames arrive behind the one after them. WebSockets never do that: it shows that a client takes the order
   * from the numbers. A frame that none follows waits for `flush`.
   */
  reorder(options: FaultOptions = {}): void {
    this.#plan("reorder", { types: undefined, ...options }, isNumbered);
  }

  /** The next `times` frames of a direction are lost, though the socket stays. */
  dropNext(times: number, direction: Direction, options: Pick<FaultOptions, "types"> = {}): void {
    this.#plan("drop", { ...options, times, direction });
  }

  /** Everything that is delayed or held back comes now. */
  flush(): void {
    for (const link of [...this.#links]) link.flush();
  }

  /** No fault any more. What is delayed comes now, sockets that were half open end with 1006. */
  restore(): void {
    const wasHalfOpen = this.#deadDirections.size > 0;
    this.#faults.length = 0;
    this.#delayMs.toServer = 0;
    this.#delayMs.toClient = 0;
    if (wasHalfOpen) this.#endAll();
    this.#deadDirections.clear();
    this.#takesNew = true;
    this.flush();
  }

  #plan(
    fault: Fault,
    options: { [Key in keyof FaultOptions]: FaultOptions[Key] | undefined },
    usual = isNoHeartbeat,
  ): void {
    const { direction = "toClient", types, times = 1 } = options;
    const fits = types === undefined ? usual : (type: string) => types.includes(type);
    this.#faults.push({ fault, direction, times, fits, left: times });
  }

  #faultOf(direction: Direction, { type }: Frame): Fault | undefined {
    const at = this.#faults.findIndex((one) => one.direction === direction && one.fits(type));
    const found = this.#faults[at];
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#faults.splice(at, 1);
    return found.fault;
  }

  #endAll(): void {
    for (const link of [...this.#links]) link.lose();
    this.#links.clear();
    for (const fail of [...this.#deadFetches]) fail();
  }

  #socketDeps(socket: number): LinkDeps {
    return {
      takesNew: () => this.#takesNew,
      isDead: (direction) => this.#deadDirections.has(direction),
      delayMs: (direction) => this.#delayMs[direction],
      faultOf: (direction, frame) => this.#faultOf(direction, frame),
      log: (direction, frame, fate) => this.#log.push({ socket, direction, type: frame.type, frame, fate }),
      onOver: (link) => this.#links.delete(link),
    };
  }

  async #fetch(
    real: typeof globalThis.fetch,
    ...[input, init]: Parameters<typeof globalThis.fetch>
  ): Promise<Response> {
    const signal = init?.signal ?? undefined;
    await this.#pause(this.#delayMs.toServer, signal);
    if (this.#deadDirections.has("toServer")) await this.#silence(signal);
    if (!this.#takesNew) throw new TypeError("The test's network is cut.");
    const response = await real(input, init);
    await this.#pause(this.#delayMs.toClient, signal);
    if (this.#deadDirections.has("toClient")) await this.#silence(signal);
    if (!this.#takesNew) throw new TypeError("The test's network is cut.");
    return response;
  }

  #pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (delayMs === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, delayMs);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
  }

  /** Ends with the caller's patience, or with the connections of the network. */
  #silence(signal: AbortSignal | undefined): Promise<never> {
    return new Promise((_, reject) => {
      const fail = () => {
        this.#deadFetches.delete(fail);
        reject(signal?.aborted === true ? signal.reason : new TypeError("The connection of the test's network ended."));
      };
      this.#deadFetches.add(fail);
      signal?.addEventListener("abort", fail);
    });
  }
}

const isNoHeartbeat = (type: string) => !HEARTBEATS.has(type);

/**
 * ```ts
 * const network = testNetwork();
 * const client = createClient({ baseUrl, token, WebSocket: network.WebSocket, fetch: network.fetch });
 * network.cut();
 * network.restore();
 * ```
 */
export function testNetwork(options: TestNetworkOptions = {}): TestNetwork {
  return new TestNetwork(options);
}
