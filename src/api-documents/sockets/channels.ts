/** The sockets that there are: whom each is for, and its frames. What every socket has is described with the room's. */
import type { z } from "zod";
import { type EnvelopeClientFrame, envelopeClientFrame } from "../../../schema/protocol/envelope.ts";
import { ME_ACKS } from "../../../schema/protocol/me/acks.ts";
import { meCommand } from "../../../schema/protocol/me/client-frames.ts";
import { meEvent, welcome } from "../../../schema/protocol/me/server-frames.ts";
import { ROOM_ACKS } from "../../../schema/protocol/room/acks.ts";
import { roomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import { roomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import { SESSION_ACKS } from "../../../schema/protocol/session/acks.ts";
import { sessionCommand } from "../../../schema/protocol/session/client-frames.ts";
import { sessionEvent, welcome as sessionWelcome } from "../../../schema/protocol/session/server-frames.ts";
import { CLIENT_FRAMES, type ClientFrameEntry } from "./client-frames.ts";
import { ME_CLIENT_FRAMES, ME_SERVER_FRAMES } from "./me-frames.ts";
import { SERVER_FRAMES } from "./server-frames.ts";
import { SESSION_CLIENT_FRAMES, SESSION_SERVER_FRAMES } from "./session-frames.ts";

export type SharedClientType = EnvelopeClientFrame["type"];
export type SharedServerType = "ack" | "error" | "probe" | "batch";

export type Frame = z.ZodObject<{ type: z.ZodLiteral<string> }>;
export type Entry = ClientFrameEntry<{ type: string }>;

export interface SocketChannel {
  readonly name: "room" | "me" | "session";
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, object>>;
  /** Those of its own. */
  readonly clientFrames: readonly Frame[];
  readonly serverFrames: readonly Frame[];
  readonly acks: Readonly<Record<string, z.ZodType>>;
  readonly entries: Readonly<Record<string, Entry>>;
  readonly examples: Readonly<Record<string, { readonly type: string }>>;
  /** Not for what was so already, nor for what was sent again. */
  readonly eventGoesTo: string;
  /** What the names of its components begin with. */
  readonly prefix: string;
}

export const ROOM_CHANNEL: SocketChannel = {
  name: "room",
  address: "/v1/rooms/{roomId}/socket",
  title: "Room",
  description:
    "For active participants of the room, with an access token: in `Authorization: Bearer <access token>`, or in " +
    "browsers, which cannot set headers, as a subprotocol beside the encoding: " +
    '`new WebSocket(url, ["studymate.v1.json", "bearer.<access token>"])`. Who offers no encoding speaks JSON. ' +
    "A page's `Origin` must be the server's own or on its allow list. What is refused before the socket opens is " +
    "in the OpenAPI document, where tokens come from as well.\n\n" +
    "The first frame is `welcome`: the room, and the position (`messageId`, `rev`) from which events follow. It " +
    "holds no messages: those come by `history`, or over HTTP. Each `message.created` has the next `id`, each " +
    "other event with a `rev` the next `rev`; one that is not higher than the client's position is known already.\n\n" +
    "Who finds a gap, or comes back, asks with `sync` for what is past its position. Until `sync.completed`, " +
    "whose position then holds, gaps mean nothing, and of two states of a row the higher `rev` is kept. Where " +
    "that has `reset`, or `welcome` another `epoch`, the client drops what it has and starts over.\n\n" +
    "What was sent and not acknowledged when a socket ended is sent again, with the same `clientId`: it is one message.",
  parameters: { roomId: { description: "The room.", examples: ["7001"] } },
  clientFrames: roomClientFrame.options,
  serverFrames: roomServerFrame.options,
  acks: ROOM_ACKS,
  entries: CLIENT_FRAMES,
  examples: SERVER_FRAMES,
  eventGoesTo: "Where it changes something, everybody in the room, the sender included, gets",
  prefix: "",
};

export const ME_CHANNEL: SocketChannel = {
  name: "me",
  address: "/v1/me/socket",
  title: "Oneself",
  description:
    "For whoever the access token is of, on any number of devices (twenty at a time); it is handed over as to a room's socket. " +
    "The first frame is `welcome`: the inbox, and the partners, who are the other people of DIRECT rooms in which both have " +
    "written. Everybody else, and whoever there is a block with, is always `offline`.\n\n" +
    "One is there for partners while a socket is open, and `offline` half a minute after the last one ended. A socket that says " +
    "`ping` less than once in five minutes is closed: say it at least once a minute.\n\n" +
    "Each `inbox.updated` and `presence` is the state of that moment, and takes the place of the one before: nothing has to be " +
    "caught up with after a cut but the next `welcome`. Rooms tell of themselves at most once a second, large ones less often.",
  parameters: {},
  clientFrames: meCommand.options,
  serverFrames: [welcome, ...meEvent.options],
  acks: ME_ACKS,
  entries: ME_CLIENT_FRAMES,
  examples: ME_SERVER_FRAMES,
  eventGoesTo: "Where it changes something, all of one's sockets, this one included, get",
  prefix: "Me",
};

export const SESSION_CHANNEL: SocketChannel = {
  name: "session",
  address: "/v1/sessions/{sessionId}/socket",
  title: "Session",
  description:
    "For confirmed participants of a learning session, from ten minutes before its start until it is over; it is handed over as " +
    "to a room's socket. The first frame is `welcome`: everything of that moment. A participant has one socket: a newer one takes " +
    "the place of the older (4408) and raises their `generation`.\n\n" +
    "Media go from browser to browser, between each two who are in the call (`joined`). `signal` carries what they have to tell " +
    "each other: session descriptions and candidates, byte for byte. Whoever was there before may offer; where two offers meet, " +
    "whoever finds a peer `polite` yields to it. A signal names the `generation` that it is for, and one for an earlier socket is " +
    "dropped: whoever comes again is called anew.\n\n" +
    "A cut socket is `connected: false` at once, and media may go on without it; after a minute its participant has left the call.\n\n" +
    "The session is in progress once two are in the call. The language switches at half of its scheduled time, or once everybody " +
    "in the call has asked. It ends at its end and a minute more, when everybody has left, or when the host ends it; the " +
    "socket is then closed with 4404.",
  parameters: { sessionId: { description: "The session.", examples: ["8001"] } },
  clientFrames: sessionCommand.options,
  serverFrames: [sessionWelcome, ...sessionEvent.options],
  acks: SESSION_ACKS,
  entries: SESSION_CLIENT_FRAMES,
  examples: SESSION_SERVER_FRAMES,
  eventGoesTo: "Where it changes something, everybody in the session gets",
  prefix: "Session",
};

export const CHANNELS: readonly SocketChannel[] = [ROOM_CHANNEL, ME_CHANNEL, SESSION_CHANNEL];

export const typeOf = (frame: Frame) => frame.shape.type.value;

/** `message.send` → `MessageSend` */
export const inPascalCase = (type: string) => type.replace(/(?:^|\.)(\w)/g, (_, first: string) => first.toUpperCase());

/** What a frame of a channel is called; those that every socket has are the room's. */
export function componentOf(channel: SocketChannel, side: "Client" | "Server" | "Ack", type: string): string {
  const own = side === "Server" ? channel.serverFrames : channel.clientFrames;
  const { prefix } = own.some((frame) => typeOf(frame) === type) ? channel : ROOM_CHANNEL;
  return `${prefix}${side}${inPascalCase(type)}`;
}

const SHARED_CLIENT_TYPES: readonly string[] = envelopeClientFrame.options.map(typeOf);
const SHARED_SERVER_TYPES: readonly SharedServerType[] = ["ack", "error", "probe", "batch"];

/** Its own frames, and those that every socket has. */
export function typesOf(channel: SocketChannel): { client: string[]; server: string[] } {
  const [client, server] = [channel.clientFrames.map(typeOf), channel.serverFrames.map(typeOf)];
  return {
    client: [...new Set([...client, ...SHARED_CLIENT_TYPES])],
    server: [...new Set([...server, ...SHARED_SERVER_TYPES])],
  };
}

export function entryOf(channel: SocketChannel, type: string): Entry {
  const entry = channel.entries[type] ?? ROOM_CHANNEL.entries[type];
  if (!entry) throw new Error(`${type} is not described`);
  return entry;
}

export function hasAck(channel: SocketChannel, type: string): boolean {
  return type in channel.acks || type in ROOM_CHANNEL.acks;
}
