/** StudyMate itself: real sign-in, real rooms, admission, validation, dedupe, flush. */
import { WebSocket } from "ws";
import { z } from "zod";
import { type Peer, ROOM_FRAMES, type Room, type Wire } from "./peer.ts";
import { opened, socketUrl, taken } from "./sockets.ts";
import type { WorkerdServer } from "./workerd.ts";

const signedIn = z.object({ accessToken: z.string(), user: z.object({ id: z.int() }) });
type Person = z.infer<typeof signedIn>;
const created = z.object({ id: z.int() });

/** What a user may hold in one room. */
const SOCKETS_PER_USER = 20;
/** A user for each seat, up to the participants that small rooms have; beyond that a user has several devices. */
const MOST_USERS = 500;

const WIRE: Wire = {
  ...ROOM_FRAMES,
  message: (ref, content) => JSON.stringify({ type: "message.send", ref, clientId: `${process.pid}-${ref}`, content }),
  answer: (text) => {
    const probe = /"type":"probe","n":(\d+)/.exec(text);
    return probe && `{"type":"probe","n":${probe[1]}}`;
  },
};

export function productPeer(server: WorkerdServer): Peer {
  return {
    name: "product",
    pid: server.pid,
    async openRooms(rooms, seats) {
      const users = Math.max(Math.min(seats, MOST_USERS), Math.ceil(seats / SOCKETS_PER_USER));
      const people: Person[] = [];
      while (people.length < users) {
        const email = `${crypto.randomUUID()}@bench.example`;
        people.push(signedIn.parse(await post(server, { path: "/v1/auth/dev-login", body: { email } })));
      }
      const [creator, ...others] = people;
      if (!creator) throw new Error("nobody");
      const body = { roomType: "GROUP", name: "bench", participantIds: others.map(({ user }) => user.id) };
      const opened: Room[] = [];
      while (opened.length < rooms) {
        const room = created.parse(await post(server, { path: "/v1/rooms", body, token: creator.accessToken }));
        opened.push(productRoom(server, room.id, people));
      }
      return opened;
    },
  };
}

function productRoom(server: WorkerdServer, roomId: number, people: readonly Person[]): Room {
  const socket = (seat: number) =>
    new WebSocket(socketUrl(server, `/v1/rooms/${roomId}/socket`), ["studymate.v1.json"], {
      headers: { authorization: `Bearer ${people[seat % people.length]?.accessToken}` },
      perMessageDeflate: false,
    });
  return {
    dial: (seat) => opened(socket(seat)),
    wire: WIRE,
    async catchUp(seat, after) {
      const client = socket(seat);
      const welcomed = taken(client, (text) => text.includes('"type":"welcome"'));
      await opened(client);
      await welcomed;
      const completed = taken(client, (text) => text.includes('"type":"sync.completed"'));
      client.send(JSON.stringify({ type: "sync", ref: 0, ...after }));
      await completed;
      client.terminate();
    },
  };
}

async function post(server: WorkerdServer, call: { path: string; body: object; token?: string }): Promise<unknown> {
  const response = await fetch(new URL(call.path, server.url), {
    method: "POST",
    headers: { "content-type": "application/json", ...(call.token && { authorization: `Bearer ${call.token}` }) },
    body: JSON.stringify(call.body),
  });
  if (!response.ok) throw new Error(`${call.path}: ${response.status} ${await response.text()}`);
  return response.json();
}
