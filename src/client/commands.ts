/**
 * Commands and their answers. A command stays until it is answered: it is sent again after a reconnect and after a
 * refusal that says it may succeed later. That is safe because every command of a room is idempotent, and because those
 * about one message leave one after the other: an earlier edit that is tried again never overtakes a later one.
 */
import { wireBytes } from "../../schema/protocol/codec.ts";
import type { ErrorFrame } from "../../schema/protocol/envelope.ts";
import type { LIMITS } from "../../schema/protocol/limits.ts";
import type { MeCommand } from "../../schema/protocol/me/client-frames.ts";
import type { RoomClientFrame } from "../../schema/protocol/room/client-frames.ts";
import type { RoomServerFrame } from "../../schema/protocol/room/server-frames.ts";
import type { SessionCommand as SessionFrame } from "../../schema/protocol/session/client-frames.ts";
import { backoffMs, RETRY } from "./backoff.ts";
import { StudyMateError } from "./errors.ts";
import type { ClientFrame } from "./socket.ts";

export type Ack = Extract<RoomServerFrame, { type: "ack" }>;
type WithRef<Frame> = Frame extends { ref?: unknown } ? Frame : never;
/** A frame that is answered by `ack` or `error`; the `ref` is given here. */
export type Command = Exclude<WithRef<RoomClientFrame>, { type: "read" | "typing" | "sync" | "auth.refresh" }>;
export type SessionCommand = Exclude<SessionFrame, { type: "signal" | "speaking" | "reaction" }>;
type AnyCommand = Command | SessionCommand | MeCommand;

export interface CommandsDeps {
  readonly send: (frame: ClientFrame) => void;
  /** A command on an open socket was not answered in time. */
  readonly onUnanswered: () => void;
  /** A command was refused for now, and leaves again after the pause. */
  readonly onRetry: (type: ClientFrame["type"], waitMs: number) => void;
  readonly random: () => number;
}

interface Pending {
  readonly ref: number;
  readonly command: AnyCommand;
  readonly resolve: (ack: Ack) => void;
  readonly reject: (error: StudyMateError) => void;
  failures: number;
  /** Runs while an answer or the next try is awaited. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

const ANSWER_DEADLINE_MS = 15_000;
/** Tries after `unavailable` and `internal`; `rate_limited` waits as long as it takes. */
const MOST_FAILURES = 6;

export class Commands<Of extends AnyCommand = Command> {
  readonly #deps: CommandsDeps;
  readonly #pending = new Map<number, Pending>();
  #lastRef = 0;
  #isOpen = false;
  /** Why nothing is sent any more. */
  #denial: StudyMateError | undefined;

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
  }

  /** Resolves with the ack; rejects with a `StudyMateError` that is final. */
  request(command: Of): Promise<Ack> {
    const unsendable = whyUnsendable(command);
    if (unsendable !== undefined) return Promise.reject(unsendable);
    if (this.#denial !== undefined) return Promise.reject(this.#denial);
    return new Promise((resolve, reject) => {
      this.#lastRef += 1;
      const pending = { ref: this.#lastRef, command, resolve, reject, failures: 0, timer: undefined };
      this.#pending.set(pending.ref, pending);
      if (this.#isOpen && this.#isFirst(pending)) this.#transmit(pending);
    });
  }

  /** A socket is tried for again: commands may wait for it. */
  revive(): void {
    this.#denial = undefined;
  }

  /** The socket may carry commands from now on: what is unanswered goes out, in its order. */
  opened(): void {
    this.#isOpen = true;
    for (const pending of this.#pending.values()) if (this.#isFirst(pending)) this.#transmit(pending);
  }

  lost(): void {
    this.#isOpen = false;
    for (const pending of this.#pending.values()) clearTimeout(pending.timer);
  }

  /** Takes an `ack` or `error`; those of nobody's command are ignored. */
  answered(frame: Ack | ErrorFrame): void {
    const pending = typeof frame.ref === "number" ? this.#pending.get(frame.ref) : undefined;
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    if (frame.type === "error" && this.#mayRetry(frame, pending)) {
      const waitMs = this.#waitMs(frame, pending);
      this.#deps.onRetry(pending.command.type, waitMs);
      pending.timer = setTimeout(() => this.#transmit(pending), waitMs);
      return;
    }
    this.#pending.delete(pending.ref);
    const next = [...this.#pending.values()].find((other) => isSameLane(other, pending));
    if (next !== undefined && this.#isOpen) this.#transmit(next);
    if (frame.type === "ack") pending.resolve(frame);
    else pending.reject(errorOf(frame));
  }

  /** There will be no socket: rejects what waits, and what comes until `revive`. */
  deny(error: StudyMateError): void {
    this.lost();
    this.#denial = error;
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of all) pending.reject(error);
  }

  /** No earlier command about the same message is unanswered. */
  #isFirst(pending: Pending): boolean {
    for (const other of this.#pending.values()) if (isSameLane(other, pending)) return other === pending;
    return true;
  }

  #transmit(pending: Pending): void {
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => this.#deps.onUnanswered(), ANSWER_DEADLINE_MS);
    this.#deps.send({ ...pending.command, ref: pending.ref });
  }

  #mayRetry(frame: ErrorFrame, pending: Pending): boolean {
    if (!frame.retryable) return false;
    if (frame.code !== "rate_limited") pending.failures += 1;
    return pending.failures < MOST_FAILURES;
  }

  #waitMs(frame: ErrorFrame, pending: Pending): number {
    return frame.retryAfterMs ?? backoffMs(RETRY, pending.failures, this.#deps.random);
  }
}

function isSameLane(a: Pending, b: Pending): boolean {
  return a === b || ("id" in a.command && "id" in b.command && a.command.id === b.command.id);
}

const FRAME_BYTES: (typeof LIMITS)["frameBytes"] = 65_536;
/** The envelope's part of a frame: `ref`, and what an encoding adds. */
const ENVELOPE_BYTES = 256;

/**
 * What must not leave, because its refusal could not be told from silence, and it would be sent again for ever: a
 * server cannot read the `ref` of a frame with half an emoji in it, and ends the socket of one that is too large.
 */
function whyUnsendable(command: AnyCommand): StudyMateError | undefined {
  const isWellFormed = Object.values(command).every((field) => typeof field !== "string" || field.isWellFormed());
  if (!isWellFormed) return new StudyMateError("invalid_frame", "Half of a character.");
  // JSON is the longer one of the encodings.
  const isTooLarge = wireBytes(JSON.stringify(command)) > FRAME_BYTES - ENVELOPE_BYTES;
  return isTooLarge ? new StudyMateError("too_large", "Larger than a frame.") : undefined;
}

function errorOf({ code, message, retryable, retryAfterMs }: ErrorFrame): StudyMateError {
  return new StudyMateError(code, message, { retryable, retryAfterMs });
}
