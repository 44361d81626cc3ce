/**
 * Bodies, queries and path ids: checked before a route sees them, refused as problem+json that names each field.
 * A body passes the wire codec first (size, UTF-8, depth, U+0000, lone surrogates, keys that reach a prototype), as a frame does.
 */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { decodeFrame } from "../../schema/protocol/codec.ts";
import { LIMITS } from "../../schema/protocol/limits.ts";
import type { HttpEnv } from "./context.ts";
import { refuseField, refuseWith } from "./problems.ts";

const BODY_LIMITS = { maxBytes: LIMITS.frameBytes, maxDepth: LIMITS.frameDepth };

export const limitBody = bodyLimit({
  maxSize: BODY_LIMITS.maxBytes,
  onError: (c: Context<HttpEnv>) => refuseWith(c, "too_large"),
});

type Checked<Target extends "json" | "query" | "param", Schema extends z.ZodType> = MiddlewareHandler<
  HttpEnv,
  string,
  { in: { [Name in Target]: z.input<Schema> }; out: { [Name in Target]: z.output<Schema> } }
>;

/** What a route takes, by the middleware that checks it: the API documents are compared with it. */
const accepted = new WeakMap<object, z.ZodType>();

export function acceptedBy(middleware: object): z.ZodType | undefined {
  return accepted.get(middleware);
}

export function body<Schema extends z.ZodType<object>>(schema: Schema): Checked<"json", Schema> {
  return accepting(schema, async (c, next) => {
    if (!isJson(c.req.header("content-type"))) return refuseWith(c, "unsupported_media_type");
    const text = decodeUtf8(await c.req.arrayBuffer());
    if (text === null) return refuseField(c, "", "must be UTF-8");
    const decoded = decodeFrame("json", text, BODY_LIMITS);
    if (!decoded.ok) {
      return decoded.error === "too_large" ? refuseWith(c, "too_large") : refuseField(c, "", "must be plain JSON");
    }
    if (hasKeyTwice(text, decoded.value)) return refuseField(c, "", "must not have a key twice");
    const [right] = strangeRights(schema, decoded.value);
    if (right !== undefined) return refuseField(c, right, "cannot be set here");
    const checked = schema.safeParse(decoded.value);
    if (!checked.success) return refuseSchema(c, checked.error);
    c.req.addValidatedData("json", checked.data);
    return next();
  });
}

/** For a body of which nothing needs to be said: none at all is an empty one. */
export function optionalBody<Schema extends z.ZodType<object>>(schema: Schema): Checked<"json", Schema> {
  const whole = body(schema);
  return accepting(schema, async (c, next) => {
    // A POST without one is, to the platform, one of no bytes.
    const isEmpty = c.req.header("content-type") === undefined && (await c.req.arrayBuffer()).byteLength === 0;
    if (!isEmpty) return whole(c, next);
    const checked = schema.safeParse({});
    if (!checked.success) return refuseSchema(c, checked.error);
    c.req.addValidatedData("json", checked.data);
    return next();
  });
}

/**
 * Which of the two holds is not the same for every reader, and one in front of us may have judged by the other. A colon
 * outside of texts stands for each key as it was written; what was read has each once.
 */
function hasKeyTwice(text: string, value: unknown): boolean {
  const written = text.replace(/"(?:[^"\\]|\\.)*"/g, "").split(":").length - 1;
  return written !== keysOf(value);
}

function keysOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const items = Object.values(value);
  return items.reduce((sum: number, item) => sum + keysOf(item), Array.isArray(value) ? 0 : items.length);
}

/** What decides over people and their rights, as columns and as fields are called. */
const RIGHTS: ReadonlySet<string> = new Set([
  ...["id", "userId", "user_id", "ownerId", "owner_id", "role", "isActive", "is_active", "isAdmin", "is_admin"],
  ...["email", "isEmailVerified", "is_email_verified", "birthDate", "birth_date", "createdAt", "created_at"],
]);

/** Fields that a body does not take are left out; these are refused, as whoever sends one means to get something by it. */
function strangeRights(schema: z.ZodType, value: unknown): string[] {
  if (typeof value !== "object" || value === null || !(schema instanceof z.ZodObject)) return [];
  return Object.keys(value).filter((name) => RIGHTS.has(name) && !Object.hasOwn(schema.shape, name));
}

export function query<Schema extends z.ZodType<object>>(schema: Schema): Checked<"query", Schema> {
  return accepting(schema, async (c, next) => {
    const checked = schema.safeParse(c.req.query());
    if (!checked.success) return refuseSchema(c, checked.error);
    c.req.addValidatedData("query", checked.data);
    return next();
  });
}

function accepting<Middleware extends object>(schema: z.ZodType, middleware: Middleware): Middleware {
  accepted.set(middleware, schema);
  return middleware;
}

const pathId = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number)
  .refine(Number.isSafeInteger);

/** The ids of a path as numbers. Anything else is an address at which there is nothing. */
export function pathIds<Name extends string>(
  ...names: readonly Name[]
): Checked<"param", z.ZodType<Record<Name, number>>> {
  return async (c, next) => {
    const ids: Partial<Record<string, number>> = {};
    for (const name of names) {
      const checked = pathId.safeParse(c.req.param(name));
      if (!checked.success) return refuseWith(c, "not_found");
      ids[name] = checked.data;
    }
    c.req.addValidatedData("param", ids);
    return next();
  };
}

/** A list may be wrong in each of its thousands of items. */
const MAX_NAMED_ERRORS = 50;

function refuseSchema(c: Context<HttpEnv>, { issues }: z.ZodError): Response {
  return refuseWith(c, "invalid_frame", {
    errors: issues.slice(0, MAX_NAMED_ERRORS).map(({ path, message }) => ({ path: path.join("."), message })),
  });
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType ?? "");
}

function decodeUtf8(bytes: ArrayBuffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
}
