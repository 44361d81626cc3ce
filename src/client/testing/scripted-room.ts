/**
 * A room's server in memory, for tests of applications: it keeps the rules of the protocol's numbers, answers commands,
 * and does what a test tells it. It has no database, no rate limits and no rights beyond "own message" and ADMIN.
 * Everything it says comes in microtasks, in order: no timers of its own, so that fake ones change nothing.
 */
import type { ErrorCode } from "../../../schema/protocol/errors.ts";
import type { RoomClientFrame } from "../../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame } from "../../../schema/protocol/room/server-frames.ts";
import type { Message, Participant, Room, SocketConstructor } from "../index.ts";
import { type Deed, type ModelPerson, ModelRoom } from "./model-room.ts";
import { answerFrame, errorFrame } from "./room-answers.ts";
import { answerRequest } from "./room-requests.ts";
import { type ScriptedSocket, scriptedSockets } from "./scripted-socket.ts";

export interface ScriptedRoomOptions {
  /** 7 unless told otherwise. */
  readonly roomId?: number;
  readonly roomType?: Room["roomType"];
  readonly name?: string | null;
  /** Users 1 and 2 unless told otherwise. */
  readonly people?: readonly (number | ModelPerson)[];
  /** What was said before, oldest first. */
  readonly messages?: readonly { readonly senderId: number; readonly content: string }[];
}

export interface Refusal {
  readonly code: ErrorCode;
  /** The type of frame that is refused; any command if absent. */
  readonly type?: RoomClientFrame["type"];
  readonly retryAfterMs?: number;
  /** How often; once if absent. */
  readonly times?: number;
}

type Seat = { readonly userId: number; readonly socket: ScriptedSocket };
type Upgrades = "accepted" | "unauthorized" | "forbidden" | "not_found";

export class ScriptedRoom {
  readonly id: number;
  /** To hand to `createClient`, with `WebSocket`, `fetch` and `token: () => room.token(userId)`. */
  readonly baseUrl = "http://studymate.test";
  readonly WebSocket: SocketConstructor;
  readonly fetch: typeof globalThis.fetch;
  /** Every frame that came from clients, in that order. */
  readonly received: { readonly userId: number; readonly frame: RoomClientFrame }[] = [];
  readonly #model: ModelRoom;
  readonly #seats = new Set<Seat>();
  readonly #refusals: { refusal: Refusal; left: number }[] = [];
  readonly #cutBeforeAnswer: RoomClientFrame["type"][] = [];
  #upgrades: Upgrades = "accepted";

  constructor({ roomId = 7, roomType, name, people, messages = [] }: ScriptedRoomOptions = {}) {
    this.id = roomId;
    this.#model = new ModelRoom(people);
    const { room } = this.#model;
    this.#model.room = {
      ...room,
      id: roomId,
      roomType: roomType ?? room.roomType,
      name: name === undefined ? room.name : name,
    };
    for (const { senderId, content } of messages) this.#model.send(senderId, content);
    for (const row of this.#model.participants.values()) row.online = false;
    this.WebSocket = scriptedSockets((socket) => queueMicrotask(() => this.#upgrade(socket))).WebSocket;
    this.fetch = async (input, init) => {
      const request = new Request(input, init);
      const userId = this.#userOf(request.headers.get("authorization")?.replace(/^Bearer /, ""));
      const refusal = this.#upgrades === "accepted" ? undefined : this.#upgrades;
      const onBlock = (otherId: number, isBlocked: boolean) => {
        if (userId !== undefined) this.blocks(userId, otherId, isBlocked);
      };
      return answerRequest(this.#model, { request, userId, refusal, onBlock });
    };
  }

  /** Oldest first, as the server has them: what a client's snapshot is compared with. */
  get messages(): readonly Message[] {
    return this.#model.messages;
  }

  get participants(): readonly Participant[] {
    return [...this.#model.participants.values()];
  }

  /** How many sockets are open now. */
  get socketCount(): number {
    return this.#seats.size;
  }

  /** The access token of a person. */
  token(userId: number): string {
    return `person-${userId}`;
  }

  /** Somebody says something; everyone who is connected is told. */
  says(
    senderId: number,
    content: string,
    { clientId, replyToId }: { clientId?: string; replyToId?: number } = {},
  ): Message {
    const event = this.#model.send(senderId, content, { clientId: clientId ?? null, replyToId: replyToId ?? null });
    this.sends(event);
    return event.message;
  }

  /** Somebody does something; everyone who is connected is told. False: it changes nothing. */
  does(userId: number, deed: Deed): boolean {
    const event = this.#model.does(userId, deed);
    if (event !== undefined) this.sends(event);
    return event !== undefined;
  }

  /** Somebody blocks somebody else, or no longer; they alone are told. */
  blocks(userId: number, otherId: number, isBlocked = true): void {
    const told = this.#model.block(userId, otherId, isBlocked);
    if (told !== undefined) this.sends(told, userId);
  }

  /** Any frame, to everyone or to one person; it need not be true. */
  sends(frame: RoomServerFrame, toUserId?: number): void {
    for (const { userId, socket } of [...this.#seats])
      if (toUserId === undefined || toUserId === userId) socket.serve(frame);
  }

  /** The next command, or that of a type, is refused instead of done. */
  refuseNext(refusal: Refusal): void {
    this.#refusals.push({ refusal, left: refusal.times ?? 1 });
  }

  /** The next frame of this type is done, but its sender's sockets are lost before they hear of it. */
  cutBeforeAnswer(type: RoomClientFrame["type"]): void {
    this.#cutBeforeAnswer.push(type);
  }

  /** Ends sockets: of one person, or all. 1006 is a lost connection; see the protocol for the server's own codes. */
  drop({ code = 1006, userId }: { code?: number; userId?: number } = {}): void {
    for (const seat of [...this.#seats]) if (userId === undefined || userId === seat.userId) this.#leave(seat, code);
  }

  /** How upgrades, and requests over HTTP, are answered from now on. */
  answerUpgrades(how: Upgrades): void {
    this.#upgrades = how;
  }

  /** As after a restore from a backup: the last `lostMessages` are gone, everyone has to start over. */
  restoreBackup({ lostMessages = 0 }: { lostMessages?: number } = {}): void {
    const { messages } = this.#model;
    this.#model.epoch += 1;
    messages.splice(messages.length - lostMessages);
    this.drop({ code: 1001 });
  }

  #upgrade(socket: ScriptedSocket): void {
    const userId = this.#userOf(socket.token);
    const isHere = new URL(socket.url).pathname === `/v1/rooms/${this.id}/socket`;
    if (socket.isClosed) return;
    if (userId === undefined || !isHere || this.#upgrades !== "accepted") {
      socket.drop();
      return;
    }
    const seat: Seat = { userId, socket };
    socket.onLeave = () => this.#leave(seat);
    socket.onPing = () => queueMicrotask(() => socket.serveText("pong"));
    socket.onFrame = (frame) => queueMicrotask(() => this.#received(seat, frame));
    socket.accept();
    this.#setOnline(userId, true);
    this.#seats.add(seat);
    socket.serve(this.#model.welcome(userId));
  }

  #received(seat: Seat, frame: RoomClientFrame): void {
    if (!this.#seats.has(seat)) return;
    const { userId, socket } = seat;
    this.received.push({ userId, frame });
    const refusal = this.#refusalOf(frame);
    if (refusal !== undefined) {
      socket.serve(refusal);
      return;
    }
    const { events, answers } = answerFrame(this.#model, userId, frame);
    const lost = this.#cutBeforeAnswer.indexOf(frame.type);
    if (lost >= 0) {
      this.#cutBeforeAnswer.splice(lost, 1);
      this.drop({ userId });
    }
    for (const event of events) this.sends(event);
    if (answers.length > 1) socket.serve({ type: "batch", frames: [...answers] });
    else socket.serve(...answers);
  }

  #refusalOf(frame: RoomClientFrame): RoomServerFrame | undefined {
    const ref = "ref" in frame ? frame.ref : undefined;
    const found = this.#refusals.find(
      ({ refusal: { type } }) =>
        type === frame.type || (type === undefined && ref !== undefined && frame.type !== "sync"),
    );
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#refusals.splice(this.#refusals.indexOf(found), 1);
    return errorFrame(ref, found.refusal.code, found.refusal.retryAfterMs);
  }

  #leave(seat: Seat, code?: number): void {
    if (!this.#seats.delete(seat)) return;
    if (![...this.#seats].some(({ userId }) => userId === seat.userId)) this.#setOnline(seat.userId, false);
    if (code !== undefined) seat.socket.drop(code);
  }

  #setOnline(userId: number, online: boolean): void {
    const row = this.#model.participants.get(userId);
    if (row === undefined || row.online === online) return;
    this.#model.participants.set(userId, { ...row, online });
    this.sends({ type: online ? "participant.online" : "participant.offline", userId });
  }

  #userOf(token: string | undefined): number | undefined {
    const userId = Number(token?.replace(/^person-/, ""));
    return this.#model.participants.get(userId)?.isActive === true ? userId : undefined;
  }
}

/**
 * ```ts
 * const server = scriptedRoom({ people: [{ userId: 1, name: "Minji" }, { userId: 2, name: "Emily" }] });
 * const { baseUrl, WebSocket, fetch } = server;
 * const client = createClient({ baseUrl, WebSocket, fetch, token: () => server.token(1) });
 * const room = client.room(server.id);
 * await room.whenLive();
 * server.says(2, "안녕하세요!");
 * ```
 */
export function scriptedRoom(options: ScriptedRoomOptions = {}): ScriptedRoom {
  return new ScriptedRoom(options);
}
