/** Holds what a server said against what a document says of it. */
import { Validator } from "@cfworker/json-schema";
import { openApiDocument } from "../../src/api-documents/http/openapi.ts";
import { type JsonSchema, mapSchema } from "../../src/api-documents/json-schema.ts";

export interface DocumentWithSchemas {
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** Every way in which `value` breaks `schema`; a field that the document does not know is one. */
export function breaches({ components }: DocumentWithSchemas, schema: JsonSchema, value: unknown): string[] {
  const whole = { ...closed(schema), components: { schemas: mapValues(components.schemas, closed) } };
  const { errors } = new Validator(whole, "2020-12", false).validate(value);
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

/** With no other fields than those it names, unless it says that there may be. */
function closed(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (one) =>
    "properties" in one && !("additionalProperties" in one) ? { ...one, additionalProperties: false } : one,
  );
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** Where the two differ in their fields and the kinds of their values. What is null in either may be anything in the other. */
export function shapeDifferences(example: unknown, actual: unknown, at = ""): string[] {
  if (example === null || actual === null) return [];
  if (kindOf(example) !== kindOf(actual))
    return [`${at}: ${kindOf(example)} in the example, ${kindOf(actual)} in truth`];
  if (Array.isArray(example) && Array.isArray(actual)) {
    if (example.length === 0) return [];
    if (actual.length === 0) return [`${at}: nothing is in it, in the example there is`];
    return actual.flatMap((item, index) => shapeDifferences(example[0], item, `${at}/${index}`));
  }
  if (!isRecord(example) || !isRecord(actual)) return [];
  const keys = new Set([...Object.keys(example), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => {
    if (!(key in actual)) return [`${at}/${key}: only in the example`];
    if (!(key in example)) return [`${at}/${key}: not in the example`];
    return shapeDifferences(example[key], actual[key], `${at}/${key}`);
  });
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

interface DocumentedAnswers {
  readonly [status: string]: { readonly content?: Readonly<Record<string, { readonly examples?: object }>> };
}

/** What a client over HTTP may meet, by the addresses of the document. */
const answersByAddress = Object.entries<Record<string, { responses?: unknown }>>(openApiDocument().paths).flatMap(
  ([path, operations]) =>
    Object.entries(operations).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`),
      answers: responses as DocumentedAnswers, // what the document has there
    })),
);

/** Throws where an operation of the document answers with a status, or a problem with a code, that it does not tell of. */
export async function mustBeDocumented(method: string, url: string, response: Response): Promise<void> {
  const { pathname } = new URL(url);
  const answers = answersByAddress.find((one) => one.method === method && one.pattern.test(pathname))?.answers;
  if (!answers) return;
  const answer = answers[response.status];
  if (!answer) throw new Error(`${method} ${pathname} answered with ${response.status}, which is not documented`);
  const problems = answer.content?.["application/problem+json"]?.examples;
  if (!problems) return;
  const { code } = await response.clone().json<{ code: string }>();
  if (!(code in problems)) throw new Error(`${method} ${pathname} refused with ${code}, which is not documented`);
}
