/** The least that an object can do, on the same workerd: see `../worker/worker.ts`. */
import { WebSocket } from "ws";
import { type Peer, ROOM_FRAMES, type Room, type Wire } from "./peer.ts";
import { opened, socketUrl, taken } from "./sockets.ts";
import type { WorkerdServer } from "./workerd.ts";

const WIRE: Wire = {
  ...ROOM_FRAMES,
  message: (ref, content) => JSON.stringify({ type: "message.send", ref, content }),
  answer: () => null,
};

export function barePeer(server: WorkerdServer): Peer {
  return {
    name: "bare",
    pid: server.pid,
    openRooms: async (rooms) => Array.from({ length: rooms }, () => bareRoom(server, crypto.randomUUID())),
  };
}

function bareRoom(server: WorkerdServer, name: string): Room {
  const socket = () => new WebSocket(socketUrl(server, `/bare/${name}`), { perMessageDeflate: false });
  return {
    dial: () => opened(socket()),
    wire: WIRE,
    async catchUp(_seat, after) {
      const client = socket();
      const completed = taken(client, (text) => text.includes('"type":"rows"'));
      await opened(client);
      client.send(JSON.stringify({ type: "since", id: after.messageId }));
      await completed;
      client.terminate();
    },
  };
}
