/** From bytes to a checked command, or to what is wrong with them. Decides; does nothing. */
import type { z } from "zod";
import { decodeFrame, decodeRef } from "../../../schema/protocol/codec.ts";
import { type EnvelopeClientFrame, type ErrorFrame, envelopeClientFrame } from "../../../schema/protocol/envelope.ts";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import type { Encoding } from "../../../schema/protocol/version.ts";
import type { Ref } from "../../../schema/values.ts";
import type { UserLimits } from "../limits.ts";
import { errorFrame } from "../outcome.ts";
import type { Frame } from "./registry.ts";

export type Received<Command> =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "envelope"; readonly frame: EnvelopeClientFrame }
  | { readonly kind: "error"; readonly frame: ErrorFrame }
  | {
      readonly kind: "close";
      readonly reason: "frameTooLarge" | "protocolViolation" | "abuse";
      readonly frame: ErrorFrame;
    };

export interface CommandSet<Command extends Frame> {
  /** A discriminated union over `type`. */
  readonly schema: z.ZodType<Command>;
  readonly types: ReadonlySet<string>;
  /** Types with a rate of their own: what fills other people's screens. */
  readonly sendTypes: ReadonlySet<string>;
}

export interface ReceiveContext<Command extends Frame> {
  readonly encoding: Encoding;
  readonly commands: CommandSet<Command>;
  /** Undefined where limits are off. */
  readonly limits: UserLimits | undefined;
  readonly now: number;
}

const ENVELOPE_TYPES: ReadonlySet<string> = new Set(["auth.refresh", "probe"] satisfies EnvelopeClientFrame["type"][]);

export function receive<Command extends Frame>(
  data: string | ArrayBuffer,
  { encoding, commands, limits, now }: ReceiveContext<Command>,
): Received<Command> {
  if (limits?.isFlood(now)) return { kind: "close", reason: "abuse", frame: errorFrame("rate_limited") };

  const decoded = decodeFrame(encoding, data);
  if (!decoded.ok) {
    if (decoded.error === "too_large")
      return { kind: "close", reason: "frameTooLarge", frame: errorFrame("too_large") };
    return invalid({ limits, now, ref: toRef(decodeRef(encoding, data)) });
  }
  const { type, ref } = headOf(decoded.value);
  if (type === undefined) return invalid({ limits, now, ref });

  if (ENVELOPE_TYPES.has(type)) {
    const envelope = envelopeClientFrame.safeParse(decoded.value);
    return envelope.success
      ? { kind: "envelope", frame: envelope.data }
      : invalid({ limits, now, ref, error: envelope.error });
  }
  const verdict = limits?.frame(now);
  if (verdict?.kind === "wait") return rateLimited(ref, verdict.retryAfterMs);
  if (!commands.types.has(type)) return { kind: "error", frame: errorFrame("unknown_type", { ref }) };
  const command = commands.schema.safeParse(decoded.value);
  if (!command.success) return invalid({ limits, now, ref, error: command.error });
  const sendVerdict = commands.sendTypes.has(type) ? limits?.send(now) : undefined;
  if (sendVerdict?.kind === "wait") return rateLimited(ref, sendVerdict.retryAfterMs);
  return { kind: "command", command: command.data };
}

/** Looked at by hand: every frame passes here, and its own schema checks the rest. */
function headOf(value: unknown): { type: string | undefined; ref: Ref | undefined } {
  if (typeof value !== "object" || value === null) return { type: undefined, ref: undefined };
  const type = "type" in value && typeof value.type === "string" ? value.type : undefined;
  return { type, ref: "ref" in value ? toRef(value.ref) : undefined };
}

/** By hand too: the schema says the same, at ten times the cost for each frame. */
function toRef(value: unknown): Ref | undefined {
  if (typeof value === "string") return value.length <= LIMITS.refCharacters ? value : undefined;
  return Number.isSafeInteger(value) ? (value as number) : undefined; // what is a safe integer is a number
}

function rateLimited(ref: Ref | undefined, retryAfterMs: number): { kind: "error"; frame: ErrorFrame } {
  return { kind: "error", frame: errorFrame("rate_limited", { ref, retryAfterMs }) };
}

interface InvalidFrame {
  readonly limits: UserLimits | undefined;
  readonly now: number;
  readonly ref: Ref | undefined;
  readonly error?: z.ZodError;
}

function invalid<Command>({ limits, now, ref, error }: InvalidFrame): Received<Command> {
  // Paths and rules only: a message of ours never repeats somebody's content.
  const details = error?.issues.slice(0, 5).map(({ path, message }) => ({ path: path.join("."), message }));
  const frame = errorFrame("invalid_frame", { ref, ...(details && { details }) });
  return limits?.isViolation(now) ? { kind: "close", reason: "protocolViolation", frame } : { kind: "error", frame };
}
