/**
 * What is an operator's own: `production.jsonc`, which git ignores, laid over `wrangler.jsonc`. The tracked file says what the
 * Worker needs, this one which databases, buckets and addresses of an account those are.
 */
import { existsSync, readFileSync } from "node:fs";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { z } from "zod";
import { Refusal } from "../local/refusal.ts";

const byBinding = z.record(z.string(), z.string().min(1));

export const deploySettings = z.strictObject({
  $schema: z.string().optional(),
  /** Of the Worker, in the account. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and hyphens"),
  accountId: z.string().min(1).optional(),
  /** D1 database ids by binding. */
  databases: byBinding,
  /** KV namespace ids by binding. */
  namespaces: byBinding,
  /** R2 bucket names by binding. */
  buckets: byBinding,
  /** Names of queues by binding. Each has another beside it, `<name>-given-up`. */
  queues: byBinding.default({}),
  /** A custom domain, in a zone of the account. Without one: `<name>.<subdomain>.workers.dev`. */
  domain: z.hostname().optional(),
  /** Other origins whose pages may call. */
  allowedOrigins: z.array(z.string()).default([]),
});

export type DeploySettings = z.output<typeof deploySettings>;

/** Null where there is no such file. */
export function readDeploySettings(file: string): DeploySettings | null {
  if (!existsSync(file)) return null;
  const read = deploySettings.safeParse(readObject(file));
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `  ${path.join(".") || "the file"}: ${message}`);
  throw new Refusal(`${file} cannot be used:\n${problems.join("\n")}`);
}

export function readObject(file: string): unknown {
  const errors: ParseError[] = [];
  const text = readFileSync(file, "utf8");
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return value;
  const line = text.slice(0, first.offset).split("\n").length;
  throw new Refusal(`${file} is no JSON: ${printParseErrorCode(first.error)} in line ${line}.`);
}
