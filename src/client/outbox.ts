/**
 * Messages on their way. They leave one after the other, so that they arrive in the order they were written, whatever
 * is refused for a while or lost with a connection; each keeps its `clientId`, so that none arrives twice.
 */
import type { MessageType } from "../../schema/values.ts";
import type { Ack, Command } from "./commands.ts";
import { StudyMateError } from "./errors.ts";

export interface SendOptions {
  /** The number of the message that this one answers. */
  readonly replyToId?: number;
  /** At most 64 characters, unique per sender: the same one again is the same message. Random if absent. */
  readonly clientId?: string;
  readonly messageType?: Exclude<MessageType, "SYSTEM">;
  readonly fileUrl?: string;
}

export interface OutgoingMessage {
  readonly clientId: string;
  readonly content: string;
  readonly replyToId: number | null;
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
  readonly command: Extract<Command, { type: "message.send" }>;
  readonly result: PromiseWithResolvers<SentMessage>;
  id: number | undefined;
}

export interface OutboxDeps {
  readonly request: (command: Command) => Promise<Ack>;
  readonly onChange: () => void;
}

export class Outbox {
  readonly #deps: OutboxDeps;
  #entries: readonly Entry[] = [];
  #inFlight: Entry | undefined;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** In the order they were written. */
  get messages(): readonly OutgoingMessage[] {
    return this.#entries.map((entry) => entry.shown);
  }

  send(content: string, options: SendOptions = {}): Promise<SentMessage> {
    const clientId = options.clientId ?? newClientId();
    const known = this.#entries.find((entry) => entry.shown.clientId === clientId);
    if (known !== undefined) return known.result.promise;
    const entry = newEntry(clientId, content, options);
    this.#entries = [...this.#entries, entry];
    this.#deps.onChange();
    this.#pump();
    return entry.result.promise;
  }

  /** Sends a failed message again, after those that wait. */
  retry(clientId: string): Promise<SentMessage> {
    const failed = this.#failed(clientId);
    if (failed === undefined) return Promise.reject(new StudyMateError("not_found", "No failed message has this id."));
    const entry: Entry = {
      ...failed,
      shown: { ...failed.shown, state: "sending", error: undefined },
      result: newResult(),
    };
    this.#entries = [...this.#entries.filter((other) => other !== failed), entry];
    this.#deps.onChange();
    this.#pump();
    return entry.result.promise;
  }

  /** Forgets a message that failed or has not left yet. False: too late, or unknown. */
  cancel(clientId: string): boolean {
    const entry = this.#entries.find((other) => other.shown.clientId === clientId);
    if (entry === undefined || entry === this.#inFlight || entry.shown.state === "sent") return false;
    this.#remove(entry);
    entry.result.reject(new StudyMateError("cancelled", "The message was taken back before it was sent."));
    this.#deps.onChange();
    return true;
  }

  /** Drops what the room's state holds by now: everything sent up to this message. */
  arrived(messageId: number): void {
    if (this.#entries.length === 0) return;
    this.#entries = this.#entries.filter((entry) => entry.id === undefined || entry.id > messageId);
  }

  async #pump(): Promise<void> {
    for (;;) {
      if (this.#inFlight !== undefined) return;
      const entry = this.#entries.find(({ shown }) => shown.state === "sending");
      if (entry === undefined) return;
      this.#inFlight = entry;
      try {
        // The answer to `message.send` has these fields: schema/protocol/room/client-frames.ts.
        const { id, createdAt, duplicate } = (await this.#deps.request(entry.command)) as Ack & SentMessage;
        entry.id = id;
        entry.shown = { ...entry.shown, state: "sent" };
        entry.result.resolve({ id, createdAt, duplicate });
      } catch (error) {
        const reason = error instanceof StudyMateError ? error : new StudyMateError("internal", "Sending failed.");
        entry.shown = { ...entry.shown, state: "failed", error: reason };
        entry.result.reject(reason);
      }
      this.#inFlight = undefined;
      this.#deps.onChange();
    }
  }

  #failed(clientId: string): Entry | undefined {
    return this.#entries.find(({ shown }) => shown.clientId === clientId && shown.state === "failed");
  }

  #remove(entry: Entry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
  }
}

function newEntry(clientId: string, content: string, options: SendOptions): Entry {
  const { replyToId, messageType, fileUrl } = options;
  return {
    shown: {
      clientId,
      content,
      replyToId: replyToId ?? null,
      createdAt: new Date().toISOString(),
      state: "sending",
      error: undefined,
    },
    command: {
      type: "message.send",
      clientId,
      content,
      ...(replyToId !== undefined && { replyToId }),
      ...(messageType !== undefined && { messageType }),
      ...(fileUrl !== undefined && { fileUrl }),
    },
    result: newResult(),
    id: undefined,
  };
}

function newResult(): PromiseWithResolvers<SentMessage> {
  const result = Promise.withResolvers<SentMessage>();
  // Those who do not await it see the failure in the snapshot; it must not end a Node process.
  result.promise.catch(() => {});
  return result;
}

/** `crypto.randomUUID` exists on secure origins only; a phone that opens http://192.168… has none. */
function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
