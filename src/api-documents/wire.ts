/**
 * What clients rely on, without the words about it: frames, bodies, codes, limits. Two servers with the same
 * fingerprint understand each other's clients. Rules that JSON Schema cannot say (what counts as blank, which emoji
 * there are) are not in it.
 */
import { CLOSE_CODES } from "../../schema/protocol/close-codes.ts";
import { ERRORS } from "../../schema/protocol/errors.ts";
import { LIMITS } from "../../schema/protocol/limits.ts";
import { BEARER_SUBPROTOCOL_PREFIX, HEARTBEAT, PROTOCOL_VERSION, SUBPROTOCOLS } from "../../schema/protocol/version.ts";
import { httpComponents, schemaOf } from "./http/openapi.ts";
import { type Operation, refusalsOf } from "./http/operation.ts";
import { OPERATIONS } from "./http/operations.ts";
import { type Components, type JsonSchema, mapSchema, referenceTo, toJsonSchema } from "./json-schema.ts";
import { frameComponents } from "./sockets/asyncapi.ts";

export function frameWire(): object {
  const components = frameComponents();
  return {
    protocol: PROTOCOL_VERSION,
    subprotocols: SUBPROTOCOLS,
    bearerPrefix: BEARER_SUBPROTOCOL_PREFIX,
    heartbeat: HEARTBEAT,
    frames: mapValues(components, (schema) => inlined(schema, components)),
    errors: mapValues(ERRORS, ({ retryable }) => retryable),
    closeCodes: CLOSE_CODES,
    limits: LIMITS,
  };
}

export function httpWire(): object {
  const components = httpComponents();
  return mapValues<Operation, object>(OPERATIONS, (operation) => ({
    caller: operation.caller,
    query: operation.query && toJsonSchema(operation.query),
    takesIdempotencyKey: operation.takesIdempotencyKey ?? false,
    // Left out where there is none, as it was before there were bookmarks.
    carriesBookmark: operation.carriesBookmark,
    body: operation.body && inlined(schemaOf(operation.body), components),
    takesFile: operation.upload && true,
    answers: mapValues(operation.answers, ({ schema }) => schema && inlined(schemaOf(schema), components)),
    refusals: refusalsOf(operation).map(([code]) => code),
  }));
}

/** With the components that it refers to inside of it: what they are called does not count. `JsonValue` holds itself. */
function inlined(schema: JsonSchema, components: Components): JsonSchema {
  return mapSchema(schema, (one) => {
    if (one.$ref === undefined) return one;
    if (one.$ref === referenceTo("JsonValue")) return {};
    const found = Object.entries(components).find(([name]) => referenceTo(name) === one.$ref);
    if (!found) throw new Error(`${one.$ref} leads nowhere`);
    return inlined(found[1], components);
  });
}

const WORDS: ReadonlySet<string> = new Set(["description", "title", "examples"]);

/** The same text for everything that says the same: in one order, without words. */
function canonical(value: unknown, keysAreFields = false): string {
  // Every list here is a set: enumerations, required fields, alternatives, codes.
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).sort()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([key, item]) => item !== undefined && (keysAreFields || !WORDS.has(key)))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, key === "properties")}`);
  return `{${entries.sort()}}`;
}

/** 16 hexadecimal digits that change with anything but words and order. */
export async function fingerprint(wire: object): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(wire)));
  return [...new Uint8Array(digest, 0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
