/** Frames that every socket has, whatever its object. */
import { z } from "zod";
import { jsonValue, ref } from "../values.ts";
import { ERROR_CODES } from "./errors.ts";

export const authRefresh = z
  .object({
    type: z.literal("auth.refresh"),
    ref: ref.optional(),
    token: z.string().max(8_192).describe("A new access token of the same user."),
  })
  .describe("Extends the socket past its token's expiry.");

export const probeEcho = z
  .object({ type: z.literal("probe"), n: z.int().min(0) })
  .describe("The echo of a server's `probe`: everything up to it was read. Who never got one need not send any.");

export const envelopeClientFrame = z.discriminatedUnion("type", [authRefresh, probeEcho]);
export type EnvelopeClientFrame = z.infer<typeof envelopeClientFrame>;

export const ack = z
  .looseObject({ type: z.literal("ack"), ref: ref.optional() })
  .describe("The command with this `ref` is durable; further fields depend on the command.");

export const errorFrame = z
  .object({
    type: z.literal("error"),
    ref: ref.optional(),
    code: z.enum(ERROR_CODES),
    message: z.string().describe("For developers; never somebody's content."),
    retryable: z.boolean().describe("The same command may succeed later."),
    retryAfterMs: z.int().min(0).optional(),
    details: jsonValue.optional(),
  })
  .describe("The command with this `ref` was refused and changed nothing. The socket stays open.");
export type ErrorFrame = z.infer<typeof errorFrame>;

export const probe = z
  .object({ type: z.literal("probe"), n: z.int().min(0) })
  .describe("To be echoed by the client as it is, once it was read: slow readers are found by it.");

export const batch = z
  .object({ type: z.literal("batch"), frames: z.array(z.looseObject({ type: z.string() })) })
  .describe("Several frames in one, in their order; never nested. Every client must take it apart.");
