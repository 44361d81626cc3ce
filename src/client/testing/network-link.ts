/** A socket of the test network: what the client sees of it, in front of the real one, with a pipe for each direction. */
import type { SocketLike } from "../index.ts";
import { type Direction, type Fault, type Frame, type LoggedFrame, Pipe, type Wire } from "./network-pipe.ts";

type Listener = ((event: never) => void) | null;
/** `ws` can end a connection without saying so, as a network does. */
type Endable = SocketLike & { terminate?: () => void };

export const BOTH: readonly Direction[] = ["toServer", "toClient"];

export interface LinkDeps {
  readonly takesNew: () => boolean;
  readonly isDead: (direction: Direction) => boolean;
  readonly delayMs: (direction: Direction) => number;
  readonly faultOf: (direction: Direction, frame: Frame) => Fault | undefined;
  readonly log: (direction: Direction, frame: Frame, fate: LoggedFrame["fate"]) => void;
  readonly onOver: (link: Link) => void;
}

/** A socket as the client sees it, in front of the real one. */
export class Link implements SocketLike {
  onopen: Listener = null;
  onmessage: Listener = null;
  onerror: Listener = null;
  onclose: Listener = null;
  readonly #deps: LinkDeps;
  readonly #real: Endable | undefined;
  readonly #pipes: Readonly<Record<Direction, Pipe>>;
  #binaryType = "arraybuffer";
  isOver = false;

  constructor(deps: LinkDeps, connect: () => SocketLike) {
    this.#deps = deps;
    this.#pipes = {
      toServer: this.#pipe("toServer", (data) => this.#real?.send(asSent(data))),
      toClient: this.#pipe("toClient", (data) => this.#call(this.onmessage, { data })),
    };
    if (!deps.takesNew()) {
      queueMicrotask(() => this.lose());
      return;
    }
    const real = connect();
    this.#real = real;
    real.binaryType = this.#binaryType;
    real.onopen = () => this.#comes(() => this.#call(this.onopen, {}));
    real.onmessage = (event: { data: Wire }) => {
      if (!this.isOver) this.#pipes.toClient.carry(event.data);
    };
    real.onerror = () => this.#comes(() => this.#call(this.onerror, {}));
    real.onclose = (event: { code: number; reason?: string }) => this.#comes(() => this.#end(event));
  }

  get binaryType(): string {
    return this.#binaryType;
  }

  set binaryType(type: string) {
    this.#binaryType = type;
    if (this.#real !== undefined) this.#real.binaryType = type;
  }

  send(data: string | Uint8Array): void {
    if (!this.isOver) this.#pipes.toServer.carry(data);
  }

  close(code?: number, reason?: string): void {
    if (this.isOver) return;
    this.#pipes.toServer.afterwards(() => {
      if (!this.#deps.isDead("toServer")) this.#real?.close(code, reason);
    });
  }

  flush(): void {
    this.#pipes.toServer.flush();
    this.#pipes.toClient.flush();
  }

  /** The connection is gone, at both ends, with everything that was on its way. */
  lose(): void {
    if (this.isOver) return;
    if (this.#real?.terminate !== undefined) this.#real.terminate();
    else this.#real?.close();
    this.#end({ code: 1006, reason: "" });
  }

  #end(event: { code: number; reason?: string }): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const direction of BOTH) this.#pipes[direction].discard();
    this.#deps.onOver(this);
    this.#call(this.onclose, event);
  }

  /** What happens to the socket reaches the client as frames do. */
  #comes(act: () => void): void {
    if (!this.isOver && !this.#deps.isDead("toClient")) this.#pipes.toClient.afterwards(act);
  }

  #pipe(direction: Direction, deliver: (data: Wire) => void): Pipe {
    return new Pipe({
      deliver,
      isDead: () => this.#deps.isDead(direction),
      delayMs: () => this.#deps.delayMs(direction),
      faultOf: (frame) => this.#deps.faultOf(direction, frame),
      log: (frame, fate) => this.#deps.log(direction, frame, fate),
    });
  }

  #call(listener: Listener, event: object): void {
    listener?.(event as never); // the client typed its own listeners
  }
}

function asSent(data: Wire): string | Uint8Array {
  return typeof data === "string" || data instanceof Uint8Array ? data : new Uint8Array(data);
}
