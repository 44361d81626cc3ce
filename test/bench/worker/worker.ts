/**
 * The product beside the least that an object can do: INSERT, then one frame per message to every socket. Both in one
 * Worker, on one workerd; `/bare/{room}` has no admission, no validation, no dedupe, no flush.
 */
import { DurableObject } from "cloudflare:workers";
import product from "../../../src/index.ts";
import { takeCounts } from "./counted-presence.ts";

export { ChatRoom } from "../../../objects/chat-room/chat-room.ts";
export { LearningSession } from "../../../objects/learning-session/learning-session.ts";
export { CountedPresence } from "./counted-presence.ts";

interface BenchEnv extends Cloudflare.Env {
  readonly BARE_ROOM: DurableObjectNamespace<BareRoom>;
}

export class BareRoom extends DurableObject {
  constructor(ctx: DurableObjectState, env: BenchEnv) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, content TEXT, created_at INTEGER)",
    );
  }

  override async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(sender: WebSocket, data: string): void {
    const { type, ref, content, id } = JSON.parse(data);
    if (type === "since") {
      const rows = this.ctx.storage.sql
        .exec("SELECT id, content, created_at AS createdAt FROM messages WHERE id > ?", id)
        .toArray();
      sender.send(JSON.stringify({ type: "rows", messages: rows }));
      return;
    }
    const createdAt = Date.now();
    const [row] = this.ctx.storage.sql
      .exec<{ id: number }>("INSERT INTO messages (content, created_at) VALUES (?, ?) RETURNING id", content, createdAt)
      .toArray();
    const message = JSON.stringify({ type: "message.created", message: { id: row?.id, content, createdAt } });
    for (const socket of this.ctx.getWebSockets()) socket.send(message);
    sender.send(JSON.stringify({ type: "ack", ref, id: row?.id }));
  }
}

export default {
  async fetch(request: Request, env: BenchEnv, ctx: ExecutionContext): Promise<Response> {
    const [, kind, room] = new URL(request.url).pathname.split("/");
    if (kind === "calls") return Response.json(takeCounts());
    if (kind === "bare" && room) return env.BARE_ROOM.getByName(room).fetch(request);
    return product.fetch(request, env, ctx);
  },
};
