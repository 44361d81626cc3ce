/** What a job leads to, delivered once its group is durable. */

import type { ErrorFrame } from "../../schema/protocol/envelope.ts";
import { ERRORS, type ErrorCode } from "../../schema/protocol/errors.ts";
import type { Ref } from "../../schema/values.ts";
import type { Broadcast, Frame, LiveSocket } from "./sockets/registry.ts";

export interface Outcome {
  /** For every socket of the object, unless it says otherwise. */
  readonly broadcast?: readonly Broadcast[];
  readonly reply?: Reply;
  /** After everything of the group was sent. */
  readonly after?: () => void;
}

export interface Reply {
  readonly to: LiveSocket;
  /** A function is called after the group's commit and broadcast: what it reads includes all of them. */
  readonly frames: readonly Frame[] | (() => readonly Frame[]);
}

export const NOTHING: Outcome = {};

export interface ErrorDetails {
  readonly ref?: Ref | undefined;
  readonly retryAfterMs?: number;
  readonly details?: ErrorFrame["details"];
}

export function errorFrame(code: ErrorCode, { ref, retryAfterMs, details }: ErrorDetails = {}): ErrorFrame {
  const { message, retryable } = ERRORS[code];
  return {
    type: "error",
    ...(ref !== undefined && { ref }),
    code,
    message,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(details !== undefined && { details }),
  };
}

export function ackFrame(ref: Ref | undefined, fields: object = {}): Frame {
  return { type: "ack", ...(ref !== undefined && { ref }), ...fields };
}
