/** Frames that every socket has, whatever its object. */
import { z } from "zod";
import { ref } from "../values.ts";
import { ERROR_CODES } from "./errors.ts";

/** Extends the socket past its token's expiry. Answer: `ack`. */
export const authRefresh = z.object({
  type: z.literal("auth.refresh"),
  ref: ref.optional(),
  token: z.string().max(8_192),
});

/** The echo of a server's `probe`, which says that everything up to it was read. Answer: none. */
export const probeEcho = z.object({ type: z.literal("probe"), n: z.int().min(0) });

export const envelopeClientFrame = z.discriminatedUnion("type", [authRefresh, probeEcho]);
export type EnvelopeClientFrame = z.infer<typeof envelopeClientFrame>;

/** The command with this `ref` is durable; further fields depend on the command. */
export const ack = z.looseObject({ type: z.literal("ack"), ref: ref.optional() });

/** The command with this `ref` was refused and changed nothing. */
export const errorFrame = z.object({
  type: z.literal("error"),
  ref: ref.optional(),
  code: z.enum(ERROR_CODES),
  message: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.int().min(0).optional(),
  details: z.json().optional(),
});
export type ErrorFrame = z.infer<typeof errorFrame>;

/** To be echoed by the client as it is, once it was read. */
export const probe = z.object({ type: z.literal("probe"), n: z.int().min(0) });

/** Several frames in one, in their order; never nested. */
export const batch = z.object({ type: z.literal("batch"), frames: z.array(z.looseObject({ type: z.string() })) });
