/**
 * What a hostile client sends to an operation, made out of its document: each is the documented example, and one thing
 * in it is wrong. All of it has to be refused.
 */
import { z } from "zod";
import { type Change, type Listed, requiredQuery } from "./documented.ts";
import type { SampleWorld } from "./sample-world.ts";

export type Attack = readonly [name: string, change: Change];

const NUL = "a\u0000b";
const LONE_SURROGATE = "a\ud800b";
const TEN_MB = 10_000_000;
const levels = (open: string, inside: string, close: string, count: number) =>
  open.repeat(count) + inside + close.repeat(count);

export function attacksOn(world: SampleWorld, one: Listed): Attack[] {
  return [
    ...onPath(one),
    ...onQuery(one),
    ...onBody(world.fill(firstExample(one)), one),
    ...onKey(one),
    ...onSize(one),
  ];
}

const IDS = ["0", "-1", "1e309", "1".repeat(20), "9007199254740993", "nobody", "1.5", "+1", "0x1", "%EF%BC%91"];
const NAMES = ["%00", "%ED%A0%80", "..%2f..%2fsecret", "__proto__", "constructor", "x".repeat(10_000), "%F0%9F", "'--"];

function onPath({ source }: Listed): Attack[] {
  return Object.entries(source.path ?? {}).flatMap(([name, { example }]) =>
    (typeof example === "number" ? [...IDS, ...NAMES] : NAMES).map((value): Attack => {
      return [`${name} ${value.slice(0, 40)}`, { parameters: { [name]: value } }];
    }),
  );
}

const NUMBERS = ["-1", "NaN", "Infinity", "1e309", "1e1", "1.5", "", " 1", "1".repeat(20), "0x10", "１"];
const base64url = (text: string) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const CURSORS = [
  ...["x", "", "%00", "..", "x".repeat(10_000), "NaN", "null"],
  ...['"x"', "null", "{}", "[]", "[null]", "[{}]", "[[]]", '["a","b","c","d"]', "[1,2,3,4,5,6,7,8,9,10,11,12]"].map(
    base64url,
  ),
  ...["[1e309]", "[1.5]", '[{"__proto__":1}]', levels("[", "", "]", 60)].map(base64url),
];
const QUERY_VALUES: Readonly<Record<string, readonly string[]>> = {
  limit: ["1000000000", "0", "101", ...NUMBERS],
  cursor: CURSORS,
  unread: ["", "1", "TRUE", "__proto__"],
  roomId: ["0", ...NUMBERS],
  senderId: ["0", ...NUMBERS],
  before: ["0", ...NUMBERS],
  after: NUMBERS,
  around: ["0", ...NUMBERS, "yesterday", "2026-13-45", "2026-01-01T00:00:00"],
  from: ["", "yesterday", "2026-13-45", "1e309", "2026-01-01T00:00:00"],
  to: ["", "yesterday", "2026-13-45", "1e309", "2026-01-01T00:00:00"],
  status: ["", "NOTHING", "open", "__proto__"],
  purpose: ["", "recording", "AVATAR", "__proto__"],
  fileName: ["", "x".repeat(1_025)],
  durationMs: ["0", "3600001", ...NUMBERS],
  challenge: ["", "short", "x".repeat(44)],
  returnTo: ["//evil.example", "x".repeat(2_049)],
  state: ["", "x".repeat(513), "x"],
  code: ["x".repeat(4_097)],
  error: ["x".repeat(513)],
};
/** A text of which every one is a good search, and none finds anything that is not there. */
const HARMLESS = new Set(["q"]);

function onQuery({ address, operation }: Listed): Attack[] {
  return (operation.parameters ?? [])
    .filter((parameter) => parameter.in === "query" && !HARMLESS.has(parameter.name))
    .flatMap(({ name }) => {
      const values = QUERY_VALUES[name];
      if (values === undefined) throw new Error(`nothing hostile is known for ${name} of ${address}`);
      return values.map((value): Attack => {
        const query = new URLSearchParams(requiredQuery(operation));
        query.set(name, value);
        return [`?${name}=${value.slice(0, 40)}`, { query: `?${query}` }];
      });
    });
}

function firstExample({ operation }: Listed): unknown {
  const [first] = Object.values(operation.requestBody?.content["application/json"]?.examples ?? {});
  return first?.value;
}

/** Names of what decides over people and rights: a body that does not take one of them must not overlook it. */
export const RIGHTS = [
  ...["id", "userId", "user_id", "ownerId", "owner_id", "role", "isActive", "is_active", "isAdmin", "is_admin"],
  ...["email", "isEmailVerified", "is_email_verified", "birthDate", "birth_date", "createdAt", "created_at"],
];

const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 0.5, 2 ** 53, 1e308, "", "NO_SUCH", "x".repeat(60_000), [], {}, [[]], [{}], [null]],
  ...[Array.from({ length: 15_000 }, () => "x"), Array.from({ length: 20_000 }, () => -1), { length: 5 }],
];

function onBody(example: unknown, { source }: Listed): Attack[] {
  const { body } = source;
  if (body === undefined) return [];
  const text = JSON.stringify(example);
  const [key = "x"] = isRecord(example) ? Object.keys(example) : [];
  const whole: [name: string, body: string | Uint8Array][] = [
    ["nothing", ""],
    ["a list", "[]"],
    ["a list of it", `[${text}]`],
    ["a text", '"x"'],
    ["null", "null"],
    ["a number", "1"],
    ["true", "true"],
    ["half of it", text.slice(0, -1)],
    ["it twice", text + text],
    ["a key twice", text.replace("{", `{${JSON.stringify(key)}:null,`)],
    ["a key twice, written differently", text.replace("{", `{${escaped(key)}:null,`)],
    ["a strange key twice", text.replace("{", '{"x":{"a":1,"a":2},')],
    ["100,000 levels", levels('{"a":', "1", "}", 100_000)],
    ["levels as its size allows", levels("[", "", "]", 30_000)],
    ["levels in a strange field", text.replace("{", `{"x":${levels("[", "", "]", 20_000)},`)],
    ["a key with U+0000", text.replace("{", '{"a\\u0000b":1,')],
    ["a key of half a character", text.replace("{", '{"a\\ud800b":1,')],
    ["a key that reaches a prototype", text.replace("{", '{"__proto__":{"role":"ADMIN"},')],
    ["a number beyond all numbers", text.replace("{", '{"x":1e309,')],
    ["bytes that are not UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ["UTF-16", new Uint8Array(Uint16Array.from(text, (character) => character.charCodeAt(0)).buffer)],
  ];
  const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", ""];
  const taken = body instanceof z.ZodObject ? Object.keys(body.shape) : [];
  return [
    ...whole.map(([name, sent]): Attack => [name, { body: sent }]),
    ...types.map((type): Attack => [`as ${type}`, { body: text, headers: { "content-type": type } }]),
    ...RIGHTS.filter((name) => !taken.includes(name)).map(
      (name): Attack => [`${name} with it`, { body: { ...Object(example), [name]: 1 } }],
    ),
    ...[...placesIn(example), ...taken.map((name) => [name])].flatMap((place) =>
      [...VALUES, NUL, LONE_SURROGATE]
        .map((value) => ({ value, changed: withValue(example, place, value) }))
        .filter(({ value, changed }) => isMalformed(value) || !body.safeParse(changed).success)
        .map(({ value, changed }): Attack => {
          return [`${place.join(".")}: ${JSON.stringify(value).slice(0, 40)}`, { body: changed }];
        }),
    ),
  ];
}

/** Whether its length is said or not. */
function onSize({ source }: Listed): Attack[] {
  if (source.body === undefined) return [];
  const body = `{"name":"${"x".repeat(TEN_MB)}"}`;
  return [
    ["10 MB", { body, headers: { "content-length": String(body.length) } }],
    ["10 MB that come bit by bit", { body }],
  ];
}

function onKey({ source }: Listed): Attack[] {
  if (!source.takesIdempotencyKey) return [];
  return ["", "a b", "é", "x".repeat(256)].map((key): Attack => {
    return [`Idempotency-Key ${key.slice(0, 40)}`, { headers: { "idempotency-key": key } }];
  });
}

const isMalformed = (value: unknown) => value === NUL || value === LONE_SURROGATE;
const escaped = (key: string) =>
  `"${[...key].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Place = readonly string[];

/** Every field of it, those of fields included, and of lists the first item. */
function placesIn(value: unknown, at: Place = []): Place[] {
  const entries = Array.isArray(value)
    ? Object.entries(value.slice(0, 1))
    : isRecord(value)
      ? Object.entries(value)
      : [];
  return entries.flatMap(([name, inside]) => [[...at, name], ...placesIn(inside, [...at, name])]);
}

function withValue(whole: unknown, [name, ...rest]: Place, value: unknown): unknown {
  if (name === undefined) return value;
  const inside = isRecord(whole) || Array.isArray(whole) ? Reflect.get(whole, name) : undefined;
  const changed = withValue(inside, rest, value);
  return Array.isArray(whole) ? whole.with(Number(name), changed) : { ...Object(whole), [name]: changed };
}
