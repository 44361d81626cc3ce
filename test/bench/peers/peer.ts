/** What the benchmark needs of a server, whatever it is made of. All speak JSON text frames; all fsync before they answer. */
import type { WebSocket } from "ws";

export interface Peer {
  readonly name: "product" | "bare" | "Socket.IO";
  /** The server's process. */
  readonly pid: number;
  /** Rooms that are new, each with so many seats; a seat is a socket's right to be there. */
  openRooms(rooms: number, seats: number): Promise<Room[]>;
}

export interface Room {
  /** A connected socket that gets the room's messages. */
  dial(seat: number): Promise<WebSocket>;
  readonly wire: Wire;
  /** A socket of its own that asks for everything after a message, and resolves when it has it. */
  catchUp(seat: number, after: Position): Promise<void>;
}

/** How far a client had come: the last message it has, and where the room counts them, the last change. */
export interface Position {
  readonly messageId: number;
  readonly rev: number;
}

/** The texts of one protocol: made and looked at without parsing, so that the load weighs little beside the server. */
export interface Wire {
  message(ref: number, content: string): string;
  /** How many messages this text delivers. */
  created(text: string): number;
  /** The `ref`s that this text acknowledges. */
  acknowledged(text: string): number[];
  /** What must be answered at once for the socket to stay, or null. */
  answer(text: string): string | null;
}

/** What is the same in every JSON frame of a room object. */
export const ROOM_FRAMES: Pick<Wire, "created" | "acknowledged"> = {
  created: (text) => countOf(text, '"type":"message.created"'),
  acknowledged: (text) => Array.from(text.matchAll(/"type":"ack","ref":(\d+)/g), ([, ref]) => Number(ref)),
};

export function countOf(text: string, needle: string): number {
  let count = 0;
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) count += 1;
  return count;
}
