/**
 * What one would write instead: Socket.IO and SQLite in one Node process, each message committed with
 * `synchronous=FULL` before it is emitted. Reached by plain sockets that speak Engine.IO 4 and Socket.IO 5, so that the
 * load costs the same as at the other peers.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { countOf, type Peer, type Room, type Wire } from "./peer.ts";
import { taken } from "./sockets.ts";

export interface SocketIoServer {
  readonly peer: Peer;
  stop(): Promise<void>;
}

/** An event that wants an acknowledgement is `42<id>[…]`, its acknowledgement `43<id>[…]`, a ping `2`, its pong `3`. */
const WIRE: Wire = {
  message: (ref, content) => `42${ref}["message.send",${JSON.stringify({ content })}]`,
  created: (text) => countOf(text, '42["message.created"'),
  acknowledged: (text) => Array.from(text.matchAll(/^43(\d+)\[/g), ([, ref]) => Number(ref)),
  answer: (text) => (text === "2" ? "3" : null),
};

export async function startSocketIo(folder: string): Promise<SocketIoServer> {
  const file = fileURLToPath(new URL("./socketio-server.ts", import.meta.url));
  const child = spawn(process.execPath, [file, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line]: [Buffer] = (await once(child.stdout, "data")) as [Buffer]; // it prints its port, and nothing else
  const port = Number(line.toString());
  if (child.pid === undefined || !Number.isInteger(port)) throw new Error("the Socket.IO server did not start");
  return {
    peer: {
      name: "Socket.IO",
      pid: child.pid,
      openRooms: async (rooms) => Array.from({ length: rooms }, () => socketIoRoom(port, crypto.randomUUID())),
    },
    stop: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}

function socketIoRoom(port: number, room: string): Room {
  const dial = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket&room=${room}`, {
      perMessageDeflate: false,
    });
    const connected = taken(socket, (text) => {
      if (text.startsWith("0")) socket.send("40");
      return text.startsWith("40");
    });
    await connected;
    return socket;
  };
  return {
    dial,
    wire: WIRE,
    async catchUp(_seat, after) {
      const client = await dial();
      const completed = taken(client, (text) => text.startsWith("430["));
      client.send(`420["since",${after.messageId}]`);
      await completed;
      client.terminate();
    },
  };
}
