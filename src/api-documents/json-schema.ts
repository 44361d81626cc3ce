/**
 * zod schemas as JSON Schema, each registered one a component that others refer to. What zod adds for itself is taken
 * away: bounds that every JSON integer has, patterns beside a format, and `additionalProperties: false`, since fields
 * may be added at any time.
 */
import { z } from "zod";

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export type Components = Readonly<Record<string, JsonSchema>>;

export interface Conversion {
  /** By the name that the component gets. */
  readonly schemas: Readonly<Record<string, z.ZodType>>;
  /** What a client writes (fields with a default may be left out), or what it reads. */
  readonly side: "input" | "output";
  readonly target: "draft-2020-12" | "draft-07";
}

export function toComponents({ schemas, side, target }: Conversion): Components {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const converted = z.toJSONSchema(registry, { io: side, target, uri: referenceTo });
  return Object.fromEntries(Object.entries(converted.schemas).map(([name, schema]) => [name, cleaned(schema)]));
}

export function referenceTo(name: string): string {
  return `#/components/schemas/${name}`;
}

/** A schema in place, where it is too small to have a name. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return cleaned(z.toJSONSchema(schema));
}

const MAPS_OF_SCHEMAS = new Set(["properties", "$defs", "definitions", "patternProperties"]);
const LISTS_OF_SCHEMAS = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const SCHEMAS = new Set(["items", "additionalProperties", "propertyNames", "not"]);

/** Every schema inside of one, itself included, replaced from the leaves upwards. */
export function mapSchema(schema: JsonSchema, replace: (one: JsonSchema) => JsonSchema): JsonSchema {
  const inner = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    if (MAPS_OF_SCHEMAS.has(keyword) && isObject(value)) {
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapped(one, replace)]))];
    }
    if (LISTS_OF_SCHEMAS.has(keyword) && Array.isArray(value))
      return [keyword, value.map((one) => mapped(one, replace))];
    return [keyword, SCHEMAS.has(keyword) ? mapped(value, replace) : value];
  });
  return replace(Object.fromEntries(inner));
}

function mapped(value: unknown, replace: (one: JsonSchema) => JsonSchema): unknown {
  return isObject(value) ? mapSchema(value, replace) : value;
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function cleaned(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (one) => {
    const kept = Object.fromEntries(
      Object.entries(one).filter(([keyword, value]) => {
        if (keyword === "$schema" || keyword === "$id" || keyword === "propertyNames") return false;
        if (keyword === "additionalProperties") return value !== false;
        if (keyword === "minimum") return value !== Number.MIN_SAFE_INTEGER;
        if (keyword === "maximum") return value !== Number.MAX_SAFE_INTEGER;
        return keyword !== "pattern" || (one.format === undefined && isPortable(value));
      }),
    );
    // `allOf` of one reference is a leftover of draft 4.
    const { allOf, ...rest } = kept;
    const [only, ...more] = Array.isArray(allOf) ? allOf : [];
    return isObject(only) && more.length === 0 ? { ...only, ...rest } : kept;
  });
}

/** JSON Schema's patterns are ECMAScript's with the flag `u`; properties of strings need `v`. */
function isPortable(pattern: unknown): boolean {
  try {
    new RegExp(String(pattern), "u");
    return true;
  } catch {
    return false;
  }
}
