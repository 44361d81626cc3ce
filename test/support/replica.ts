/** A client of a room built from the SDK's own reducer: it stays, drops, comes back, and must end up with the truth. */
import { EMPTY_ROOM, type RoomState, reduceRoom } from "../../src/client/room-state.ts";
import type { AnyFrame, TestSocket } from "./sockets.ts";
import { connect } from "./sockets.ts";

export class Replica {
  state: RoomState = EMPTY_ROOM;
  socket: TestSocket | undefined;
  readonly userId: number;
  private taken = 0;
  private readonly encoding: "json" | "msgpack";

  constructor(userId: number, encoding: "json" | "msgpack" = "json") {
    this.userId = userId;
    this.encoding = encoding;
  }

  get isConnected(): boolean {
    return this.socket !== undefined && this.socket.closed === undefined;
  }

  async connect(object: { fetch(request: Request): Promise<Response> }): Promise<void> {
    this.socket = await connect(object, { userId: this.userId, encoding: this.encoding });
    this.taken = 0;
    await this.settle();
  }

  drop(): void {
    this.socket?.close();
    this.socket = undefined;
  }

  /** Everything that the server sent before it answers here is taken in; gaps are synced. */
  async settle(): Promise<void> {
    const { socket } = this;
    if (!socket) return;
    for (;;) {
      await this.barrier(socket);
      this.takeAll(socket);
      if (this.state.sync === "needed") {
        this.state = reduceRoom(this.state, { type: "sync.asked" });
        await socket.sync({ epoch: this.state.epoch, ...this.state.position });
        this.takeAll(socket);
      } else if (this.state.oldestId > 1) await this.loadHistory(socket);
      else return;
      if (this.state.sync === "reset") throw new Error("the server asked for a reset");
    }
  }

  private async barrier(socket: TestSocket): Promise<void> {
    await socket.request({ type: "history", limit: 1 });
  }

  private async loadHistory(socket: TestSocket): Promise<void> {
    const beforeId = this.state.oldestId;
    const { messages, hasMore } = await socket.request({ type: "history", beforeId, limit: 100 });
    this.takeAll(socket);
    this.state = reduceRoom(this.state, { type: "history.loaded", beforeId, messages, hasMore });
  }

  private takeAll(socket: TestSocket): void {
    for (; this.taken < socket.frames.length; this.taken += 1) {
      const frame = socket.frames[this.taken];
      if (frame && frame.type !== "pong") this.state = reduceRoom(this.state, asServerFrame(frame));
    }
  }
}

/** What is compared: everything that a person sees. */
export function pictureOf({ room, participants, messages, position, epoch }: RoomState): object {
  return {
    epoch,
    position,
    room,
    participants: [...participants.values()].toSorted((a, b) => a.userId - b.userId),
    messages: [...messages.blocks.values()].flatMap((block) => [...block.values()]).toSorted((a, b) => a.id - b.id),
  };
}

function asServerFrame(frame: AnyFrame): Parameters<typeof reduceRoom>[1] {
  // The reducer ignores what it does not know; the schema test checks every frame that the server sends.
  return frame as Parameters<typeof reduceRoom>[1];
}
