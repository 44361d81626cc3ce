/** A process of its own: `node socketio-server.ts <folder>`. Prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Server } from "socket.io";

const [folder = "."] = process.argv.slice(2);
const database = new DatabaseSync(join(folder, "messages.sqlite"));
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
database.exec(
  "CREATE TABLE messages (room TEXT, id INTEGER, content TEXT, created_at INTEGER, PRIMARY KEY (room, id)) WITHOUT ROWID",
);
const insert = database.prepare("INSERT INTO messages (room, id, content, created_at) VALUES (?, ?, ?, ?)");
const since = database.prepare("SELECT id, content, created_at AS createdAt FROM messages WHERE room = ? AND id > ?");
const lastIds = new Map<string, number>();

const http = createServer();
const server = new Server(http, { transports: ["websocket"], serveClient: false, perMessageDeflate: false });
server.on("connection", (socket) => {
  const room = String(socket.handshake.query.room);
  socket.join(room);
  socket.on("message.send", ({ content }: { content: string }, acknowledge: (answer: { id: number }) => void) => {
    const id = (lastIds.get(room) ?? 0) + 1;
    const createdAt = Date.now();
    insert.run(room, id, content, createdAt);
    lastIds.set(room, id);
    server.to(room).emit("message.created", { id, content, createdAt });
    acknowledge({ id });
  });
  socket.on("since", (id: number, acknowledge: (rows: unknown[]) => void) => acknowledge(since.all(room, id)));
});
http.listen(0, "127.0.0.1", () => {
  // Node's type covers pipes too; a server that listens on a host has a port.
  process.stdout.write(String((http.address() as AddressInfo).port));
});
