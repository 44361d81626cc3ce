/**
 * Messages on their way. They leave one after the other, so that they arrive in the order they were written, whatever
 * is refused for a while or lost with a connection; each keeps its `clientId`, so that none arrives twice. Each is
 * stored until the server has it, so that it outlives the page.
 */
import type { Message } from "../../schema/protocol/room/entities.ts";
import type { MessageType } from "../../schema/values.ts";
import type { Ack, Command } from "./commands.ts";
import { errorFrom, StudyMateError, type StudyMateErrorCode } from "./errors.ts";
import { randomId } from "./random-id.ts";
import type { OutboxRow } from "./storage/outbox-rows.ts";

type FileMetadata = NonNullable<Message["fileMetadata"]>;

export interface SendOptions {
  /** The number of the message that this one answers. */
  readonly replyToId?: number;
  /** At most 64 characters, unique per sender: the same one again is the same message. Random if absent. */
  readonly clientId?: string;
  /** TEXT if absent; what `uploadFile` of `studymate/media` answers names it, and the two below. */
  readonly messageType?: Exclude<MessageType, "SYSTEM">;
  readonly fileUrl?: string;
  /** For the outbox alone: the server tells everybody what it found in the file. */
  readonly fileMetadata?: FileMetadata;
}

export interface OutgoingMessage {
  readonly clientId: string;
  readonly content: string;
  readonly replyToId: number | null;
  readonly messageType: MessageType;
  readonly fileUrl: string | null;
  readonly fileMetadata: FileMetadata | null;
  /** When it was written, by this device's clock: ISO 8601 UTC. */
  readonly createdAt: string;
  /** `sent`: the server has it, its event is about to come. `failed`: nothing happens until retry or cancel. */
  readonly state: "sending" | "sent" | "failed";
  /** Why it failed. */
  readonly error: StudyMateError | undefined;
}

/** What the server says of a message it has stored. */
export interface SentMessage {
  readonly id: number;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** It had it already, from an earlier try. */
  readonly duplicate: boolean;
}

interface Entry {
  shown: OutgoingMessage;
  row: OutboxRow;
  readonly result: PromiseWithResolvers<SentMessage>;
  id: number | undefined;
}

/** Where unsent messages are kept. */
export interface OutboxKeeper {
  readonly nextSeq: () => number;
  readonly put: (row: OutboxRow) => void;
  readonly remove: (roomId: number, clientId: string) => void;
}

export interface OutboxDeps {
  readonly roomId: number;
  readonly keeper: OutboxKeeper;
  readonly request: (command: Command) => Promise<Ack>;
  /** The request would leave now, or be refused for good: what waits for a connection can still be taken back. */
  readonly canAsk: () => boolean;
  readonly onChange: () => void;
}

export class Outbox {
  readonly #deps: OutboxDeps;
  #entries: readonly Entry[] = [];
  #inFlight: Entry | undefined;
  /** What an earlier page left is known: nothing written since may leave before it. */
  #isRestored = false;
  #isEnded = false;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** In the order they were written. */
  get messages(): readonly OutgoingMessage[] {
    return this.#entries.map((entry) => entry.shown);
  }

  /** Something is still to be sent. */
  get hasUnsent(): boolean {
    return this.#entries.some(({ shown }) => shown.state === "sending");
  }

  send(content: string, { clientId = randomId(), ...options }: SendOptions = {}): Promise<SentMessage> {
    const known = this.#entries.find((entry) => entry.shown.clientId === clientId);
    if (known !== undefined) return known.result.promise;
    const { roomId, keeper } = this.#deps;
    const createdAt = new Date().toISOString();
    const entry = newEntry({ roomId, clientId, seq: keeper.nextSeq(), hasLeft: false, content, options, createdAt });
    keeper.put(entry.row);
    this.#entries = [...this.#entries, entry];
    this.#deps.onChange();
    this.pump();
    return entry.result.promise;
  }

  /** What an earlier page or another tab left: before what this page has written at the start, after it later. */
  restore(rows: readonly OutboxRow[], place: "first" | "last"): void {
    if (this.#isEnded) return;
    const known = new Set(this.#entries.map(({ shown }) => shown.clientId));
    const found = rows.filter(({ clientId }) => !known.has(clientId)).map(newEntry);
    this.#isRestored = true;
    if (found.length > 0) {
      this.#entries = place === "first" ? [...found, ...this.#entries] : [...this.#entries, ...found];
      this.#deps.onChange();
    }
    this.pump();
  }

  /** Sends a failed message again, after those that wait. */
  retry(clientId: string): Promise<SentMessage> {
    const failed = this.#entries.find(({ shown }) => shown.clientId === clientId && shown.state === "failed");
    if (failed === undefined) return Promise.reject(new StudyMateError("not_found", "No failed message has this id."));
    const { error: _, ...row } = failed.row;
    const entry = newEntry({ ...row, seq: this.#deps.keeper.nextSeq(), hasLeft: false });
    this.#deps.keeper.put(entry.row);
    this.#entries = [...this.#entries.filter((other) => other !== failed), entry];
    this.#deps.onChange();
    this.pump();
    return entry.result.promise;
  }

  /** Forgets a message that failed or has not left yet. False: too late, or unknown. */
  cancel(clientId: string): boolean {
    const entry = this.#entries.find((other) => other.shown.clientId === clientId);
    if (entry === undefined || entry.shown.state === "sent") return false;
    if (entry.row.hasLeft && entry.shown.state === "sending") return false;
    this.#deps.keeper.remove(this.#deps.roomId, clientId);
    this.#entries = this.#entries.filter((other) => other !== entry);
    entry.result.reject(new StudyMateError("cancelled", "The message was taken back."));
    this.#deps.onChange();
    return true;
  }

  /** Drops what the room's state holds by now: everything sent up to this message. */
  arrived(messageId: number): void {
    if (this.#entries.length === 0) return;
    this.#entries = this.#entries.filter((entry) => entry.id === undefined || entry.id > messageId);
  }

  /** The room is closed: nothing leaves any more, and those who wait for an answer are told. */
  end(): void {
    this.#isEnded = true;
    this.pump();
  }

  /** Shows nothing any more, and tells those who wait for an answer. */
  forget(error: StudyMateError): void {
    for (const { result } of this.#entries) result.reject(error);
    this.#entries = [];
  }

  async pump(): Promise<void> {
    const { roomId, keeper } = this.#deps;
    for (;;) {
      const mayLeave = this.#isEnded || (this.#isRestored && this.#deps.canAsk());
      if (this.#inFlight !== undefined || !mayLeave) return;
      const entry = this.#entries.find(({ shown }) => shown.state === "sending");
      if (entry === undefined) return;
      this.#inFlight = entry;
      // In a closed room the request is refused here.
      if (!this.#isEnded) {
        entry.row = { ...entry.row, hasLeft: true };
        keeper.put(entry.row);
      }
      try {
        // The answer to `message.send` has these fields: schema/protocol/room/client-frames.ts.
        const { id, createdAt, duplicate } = (await this.#deps.request(commandOf(entry.row))) as Ack & SentMessage;
        keeper.remove(roomId, entry.shown.clientId);
        entry.id = id;
        entry.shown = { ...entry.shown, state: "sent" };
        entry.result.resolve({ id, createdAt, duplicate });
      } catch (error) {
        this.#fail(entry, errorFrom(error));
      }
      this.#inFlight = undefined;
      this.#deps.onChange();
    }
  }

  #fail(entry: Entry, error: StudyMateError): void {
    entry.shown = { ...entry.shown, state: "failed", error };
    entry.result.reject(error);
    // What ends here is no answer to the message: it stays to be sent when the room is opened again.
    if (error.code === "closed" || error.code === "wrong_user") return;
    const { code, message, retryable } = error;
    entry.row = { ...entry.row, error: { code, message, retryable } };
    this.#deps.keeper.put(entry.row);
  }
}

function newEntry(row: OutboxRow): Entry {
  const { clientId, content, options, createdAt, error } = row;
  const shown: OutgoingMessage = {
    ...{ messageType: "TEXT", replyToId: null, fileUrl: null, fileMetadata: null, ...options },
    clientId,
    content,
    createdAt,
    state: error === undefined ? "sending" : "failed",
    error: error && storedError(error),
  };
  const result = Promise.withResolvers<SentMessage>();
  // Those who do not await it see the failure in the snapshot; it must not end a Node process.
  result.promise.catch(() => {});
  if (shown.error !== undefined) result.reject(shown.error);
  return { shown, row, result, id: undefined };
}

/** The code was written by this SDK or a newer one. */
function storedError({ code, message, retryable }: NonNullable<OutboxRow["error"]>): StudyMateError {
  return new StudyMateError(code as StudyMateErrorCode, message, { retryable });
}

function commandOf({ clientId, content, options }: OutboxRow): Extract<Command, { type: "message.send" }> {
  const { fileMetadata: _, ...sent } = options;
  return { ...sent, type: "message.send", clientId, ...(content !== "" && { content }) };
}
