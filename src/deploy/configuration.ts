/** `wrangler.jsonc` with an operator's settings over it, and what must be right about the two before anything is sent. */
import { join } from "node:path";
import { z } from "zod";
import type { DeploySettings } from "./settings.ts";

/** As in `wrangler.jsonc`: zeros, and a last digit where there are several of a kind. */
const PLACEHOLDER = /^[0-]+\d$/;

/** Of wrangler's configuration what is looked at here; all else is handed on as it is. */
const workerConfiguration = z.looseObject({
  name: z.string(),
  main: z.string(),
  d1_databases: z
    .array(z.looseObject({ binding: z.string(), database_id: z.string(), migrations_dir: z.string().optional() }))
    .default([]),
  kv_namespaces: z.array(z.looseObject({ binding: z.string(), id: z.string() })).default([]),
  r2_buckets: z.array(z.looseObject({ binding: z.string(), bucket_name: z.string() })).default([]),
  queues: z
    .object({
      producers: z.array(z.looseObject({ binding: z.string(), queue: z.string() })).default([]),
      consumers: z.array(z.looseObject({ queue: z.string(), dead_letter_queue: z.string().optional() })).default([]),
    })
    .prefault({}),
  assets: z.looseObject({ directory: z.string() }),
  vars: z.looseObject({
    DEV_LOGIN: z.string(),
    RATE_LIMITS: z.string(),
    ALLOWED_ORIGINS: z.string(),
    PUSH_ORIGINS: z.string(),
  }),
  secrets: z.looseObject({ required: z.array(z.string()) }),
});

export type WorkerConfiguration = z.output<typeof workerConfiguration>;

export function parseConfiguration(raw: unknown): WorkerConfiguration {
  return workerConfiguration.parse(raw);
}

/** Kept as secrets in an account, where no variable may have the same name. */
const KEPT_AS_SECRETS = [
  ...["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "NAVER_CLIENT_ID", "NAVER_CLIENT_SECRET"],
  ...["VAPID_PRIVATE_KEY", "VAPID_SUBJECT"],
  ...["TURN_URLS", "TURN_SECRET", "CLOUDFLARE_TURN_KEY_ID", "CLOUDFLARE_TURN_TOKEN"],
];

/** For a file in another folder: paths become whole ones. `settings` null: as it is, to be built and not to be sent. */
export function mergeConfiguration(
  base: WorkerConfiguration,
  settings: DeploySettings | null,
  projectFolder: string,
): WorkerConfiguration {
  const { $schema: _, ...rest } = base;
  const vars = { ...base.vars };
  for (const name of KEPT_AS_SECRETS) delete vars[name];
  const whole: WorkerConfiguration = {
    ...rest,
    vars,
    main: join(projectFolder, base.main),
    assets: { ...base.assets, directory: join(projectFolder, base.assets.directory) },
    d1_databases: base.d1_databases.map((database) => ({
      ...database,
      ...(database.migrations_dir && { migrations_dir: join(projectFolder, database.migrations_dir) }),
    })),
  };
  if (settings === null) return whole;
  const { databases, namespaces, buckets, queues, domain } = settings;
  return {
    ...whole,
    name: settings.name,
    ...(settings.accountId && { account_id: settings.accountId }),
    ...(domain && { routes: [{ pattern: domain, custom_domain: true }], workers_dev: false }),
    d1_databases: whole.d1_databases.map((one) => ({ ...one, database_id: databases[one.binding] ?? "" })),
    kv_namespaces: whole.kv_namespaces.map((one) => ({ ...one, id: namespaces[one.binding] ?? "" })),
    r2_buckets: whole.r2_buckets.map((one) => ({ ...one, bucket_name: buckets[one.binding] ?? "" })),
    queues: renameQueues(whole.queues, queues),
    vars: { ...whole.vars, ALLOWED_ORIGINS: settings.allowedOrigins.join(",") },
  };
}

/** With the queues beside them: what one could not do goes to `<name>-given-up`. */
function renameQueues(
  { producers, consumers }: WorkerConfiguration["queues"],
  names: DeploySettings["queues"],
): WorkerConfiguration["queues"] {
  const renamed = (queue: string) => {
    const producer = producers.find((one) => queue === one.queue || queue.startsWith(`${one.queue}-`));
    const name = producer && names[producer.binding];
    return name === undefined ? "" : name + queue.slice(producer?.queue.length);
  };
  return {
    producers: producers.map((one) => ({ ...one, queue: renamed(one.queue) })),
    consumers: consumers.map(({ dead_letter_queue: next, ...one }) => ({
      ...one,
      queue: renamed(one.queue),
      ...(next !== undefined && { dead_letter_queue: renamed(next) }),
    })),
  };
}

/** What must be put right first, each with how; nothing, if it may be sent. */
export function findProblems({
  vars,
  d1_databases,
  kv_namespaces,
  r2_buckets,
  queues,
  secrets,
}: WorkerConfiguration): string[] {
  const ids: [kind: string, binding: string, value: string][] = [
    ...d1_databases.map((one): [string, string, string] => ["databases", one.binding, one.database_id]),
    ...kv_namespaces.map((one): [string, string, string] => ["namespaces", one.binding, one.id]),
    ...r2_buckets.map((one): [string, string, string] => ["buckets", one.binding, one.bucket_name]),
    ...queues.producers.map((one): [string, string, string] => ["queues", one.binding, one.queue]),
  ];
  return [
    ...ids
      .filter(([, , value]) => value === "" || PLACEHOLDER.test(value))
      .map(([kind, binding]) => `${kind}.${binding} is missing: make it (docs/deploy.md) and put its id there.`),
    ...(vars.DEV_LOGIN === "true"
      ? ['DEV_LOGIN is "true": anybody could sign in as anybody. Set it to "false" in wrangler.jsonc.']
      : []),
    ...(vars.RATE_LIMITS === "on" ? [] : ['RATE_LIMITS is not "on". Set it to "on" in wrangler.jsonc.']),
    ...(secrets.required.includes("AUTH_SECRET") ? [] : ["secrets.required lacks AUTH_SECRET in wrangler.jsonc."]),
    ...insecureOrigins(vars.ALLOWED_ORIGINS).map(
      (origin) => `allowedOrigins: "${origin}" is not an origin like https://app.example.org.`,
    ),
    ...insecureOrigins(vars.PUSH_ORIGINS).map(
      (origin) => `PUSH_ORIGINS: "${origin}" is not an origin like https://push.example.org.`,
    ),
  ];
}

/** Of a list with commas, those that are none of the web over TLS. */
function insecureOrigins(list: string): string[] {
  return list.split(",").filter((origin) => origin !== "" && !isSecureOrigin(origin));
}

/** As a browser sends it: scheme, host and port alone. */
function isSecureOrigin(origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).protocol === "https:" && new URL(origin).origin === origin;
}
