/**
 * Load that can be cut off at any moment: sockets that each keep several commands in flight, and a ledger of what was
 * sent and what was acknowledged, which outlives the server.
 */
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { RawSocket, socketUrl } from "./raw-socket.ts";

export interface Sent {
  readonly roomId: number;
  readonly senderId: number;
  readonly clientId: string;
  readonly content: string;
  /** The message's number, once it was acknowledged. */
  ackedId?: number;
  /** What it was edited to, once, and whether that was acknowledged. */
  edit?: { readonly content: string; acked: boolean };
}

export interface Seat {
  readonly roomId: number;
  readonly userId: number;
  readonly token: string;
  readonly encoding: "json" | "msgpack";
}

const IN_FLIGHT = 12;
/** One command in so many edits an earlier message instead of sending one. */
const EDIT_EVERY = 6;
const sendAck = z.object({ type: z.literal("ack"), id: z.int(), duplicate: z.boolean() });
const editAck = z.object({ type: z.literal("ack"), rev: z.int() });

const WORDS = ["안녕하세요", "practice", "맞춤법", "pronunciation", "시간이 약이다", "call it a day", "🙏", "표현"];

export async function takeSeat(baseUrl: string, { roomId, token, encoding }: Seat): Promise<RawSocket> {
  const socket = new RawSocket(socketUrl(baseUrl, roomId), { token, encoding, keep: false });
  await socket.waitFor("welcome");
  return socket;
}

/** Sends until the socket ends. Whatever was not answered by then stays in the ledger as such. */
export async function sendUntilCut(socket: RawSocket, seat: Seat, ledger: Sent[], pauseMs = 0): Promise<void> {
  const own: Sent[] = [];
  let isCut = false;
  socket.closed.then(() => {
    isCut = true;
  });
  const lane = async () => {
    for (let turn = randomInt(EDIT_EVERY); !isCut; turn += 1) {
      try {
        const editable = turn % EDIT_EVERY === 0 ? own.find(({ ackedId, edit }) => ackedId && !edit) : undefined;
        await (editable ? editOnce(socket, editable) : sendNew(socket, seat, own, ledger));
        if (pauseMs > 0) await pause(pauseMs);
      } catch (error) {
        if (!isCut) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** Sends a message, or again one that was not acknowledged. */
export async function deliver(socket: RawSocket, sent: Sent): Promise<z.infer<typeof sendAck>> {
  const { clientId, content } = sent;
  const ack = sendAck.parse(await socket.request({ type: "message.send", clientId, content }));
  sent.ackedId = ack.id;
  return ack;
}

async function sendNew(socket: RawSocket, seat: Seat, own: Sent[], ledger: Sent[]): Promise<void> {
  const sent: Sent = {
    roomId: seat.roomId,
    senderId: seat.userId,
    clientId: randomUUID(),
    content: `${WORDS[randomInt(WORDS.length)]} ${randomUUID()}`,
  };
  own.push(sent);
  ledger.push(sent);
  await deliver(socket, sent);
}

async function editOnce(socket: RawSocket, sent: Sent): Promise<void> {
  const edit = { content: `${sent.content} (고침)`, acked: false };
  sent.edit = edit;
  editAck.parse(await socket.request({ type: "message.edit", id: sent.ackedId, content: edit.content }));
  edit.acked = true;
}
