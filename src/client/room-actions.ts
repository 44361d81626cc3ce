/** What a person says in a room: messages, and commands about them. How they get to the server is not its business. */
import type { Ack, Command } from "./commands.ts";
import type { Outbox, SendOptions, SentMessage } from "./outbox.ts";
import type { TypingSignal } from "./signals.ts";

export interface RoomActionsDeps {
  readonly outbox: Outbox;
  readonly request: (command: Command) => Promise<Ack>;
  readonly typing: TypingSignal;
}

export class RoomActions {
  readonly #deps: RoomActionsDeps;

  /** Applications get rooms from their client. */
  constructor(deps: RoomActionsDeps) {
    this.#deps = deps;
  }

  /**
   * Writes a message of 1 to 4,000 characters; beside a file, of none to 4,000. It is in the snapshot's `outbox` at once, survives lost connections,
   * with `ClientOptions.userId` also a reload, and arrives once, after those written before it. Resolves when the server
   * has stored it; rejects when it is refused for good, in which case it stays in the outbox as `failed`.
   */
  send(content: string, options?: SendOptions): Promise<SentMessage> {
    this.#deps.typing.set(false);
    return this.#deps.outbox.send(content, options);
  }

  /** Sends a `failed` message again, with its `clientId`. */
  retry(clientId: string): Promise<SentMessage> {
    return this.#deps.outbox.retry(clientId);
  }

  /** Takes back a message that has failed or not left yet. False: it is too late. */
  cancel(clientId: string): boolean {
    return this.#deps.outbox.cancel(clientId);
  }

  /**
   * Changes your own message. This and the commands below resolve when stored, and reject with a `StudyMateError`;
   * those about one message arrive in the order they were given.
   */
  edit(id: number, content: string): Promise<void> {
    return this.#command({ type: "message.edit", id, content });
  }

  /** Deletes your own message, or as ADMIN anybody's. Its number stays, its content is null for everyone. */
  delete(id: number): Promise<void> {
    return this.#command({ type: "message.delete", id });
  }

  /** Proposes a better wording of somebody else's message; again: replaces your proposal. Note: up to 1,000 characters. */
  correct(id: number, corrected: string, note?: string): Promise<void> {
    return this.#command({ type: "message.correct", id, corrected, ...(note !== undefined && { note }) });
  }

  /** Adds your reaction, one emoji. */
  react(id: number, emoji: string): Promise<void> {
    return this.#command({ type: "reaction.add", id, emoji });
  }

  /** Takes your reaction back. */
  unreact(id: number, emoji: string): Promise<void> {
    return this.#command({ type: "reaction.remove", id, emoji });
  }

  /** You are typing, or have stopped. Cheap to call at every key. */
  typing(active: boolean): void {
    this.#deps.typing.set(active);
  }

  async #command(command: Command): Promise<void> {
    await this.#deps.request(command);
  }
}
