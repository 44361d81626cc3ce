/** Large files straight to the storage, against the S3 interface that wrangler puts before a local bucket. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mediaAnswer, presignAnswer } from "../../schema/api/media.ts";
import { endGroup, type ProcessGroup, startGroup } from "../../src/local/process-group.ts";
import { until } from "../../src/local/until.ts";
import { makeRoom, type Person, signIn } from "./support/people.ts";
import { cleanUp, freePort, newStateFolder } from "./support/server.ts";

const PROJECT = join(import.meta.dirname, "../..");
const WRANGLER = join(PROJECT, "node_modules/wrangler/bin/wrangler.js");
const KEY = { accessKeyId: "a-local-key", secretAccessKey: "a local secret of the tests" };
const BYTES = 40 * 1_024 * 1_024;

let server: ProcessGroup | undefined;
let baseUrl: string;
let ara: Person;
let bomi: Person;
let roomId: number;

/** wrangler's configuration as it is deployed, with a key for the local bucket. */
function configure(folder: string): string {
  const deployed = parse(readFileSync(join(PROJECT, "wrangler.jsonc"), "utf8"));
  const fromProject = (path: string) => join(PROJECT, path);
  const [bucket] = deployed.r2_buckets;
  const config = {
    ...deployed,
    main: fromProject(deployed.main),
    assets: { ...deployed.assets, directory: fromProject(deployed.assets.directory) },
    d1_databases: deployed.d1_databases.map((database: { migrations_dir: string }) => ({
      ...database,
      migrations_dir: fromProject(database.migrations_dir),
    })),
    r2_buckets: [{ ...bucket, local_dev: { experimental_s3_credentials: KEY } }],
    vars: {
      ...deployed.vars,
      DEV_LOGIN: "true",
      R2_ENDPOINT: `${baseUrl}/cdn-cgi/local/r2/s3/${bucket.bucket_name}`,
      R2_ACCESS_KEY_ID: KEY.accessKeyId,
      R2_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    },
  };
  const path = join(folder, "wrangler.json");
  writeFileSync(path, JSON.stringify(config));
  writeFileSync(join(folder, "secrets.env"), `AUTH_SECRET="${randomBytes(32).toString("hex")}"`);
  return path;
}

beforeAll(async () => {
  const folder = newStateFolder();
  const port = await freePort();
  baseUrl = `http://127.0.0.1:${port}`;
  const databases = join(folder, "databases");
  mkdirSync(databases);
  const common = ["--config", configure(folder), "--persist-to", databases];
  const lines: string[] = [];
  const start = (...args: string[]) =>
    startGroup({
      title: "wrangler",
      program: process.execPath,
      args: [WRANGLER, ...args, ...common],
      folder: PROJECT,
      environment: {
        ...process.env,
        AUTH_SECRET: undefined,
        WRANGLER_SEND_METRICS: "false",
        X_LOCAL_EXPLORER: "false",
        X_LOCAL_OBSERVABILITY: "false",
        WRANGLER_REGISTRY_PATH: join(folder, "registry"),
        WRANGLER_LOG_PATH: join(folder, "logs"),
      },
      onLine: (line) => lines.push(line),
    });
  for (const binding of ["DB", "SEARCH"]) {
    expect(await start("d1", "migrations", "apply", binding, "--local").ended, lines.join("\n")).toBe(0);
  }
  const secrets = join(folder, "secrets.env");
  server = start(
    "dev",
    "--local",
    "--ip",
    "127.0.0.1",
    "--port",
    String(port),
    "--inspector-port",
    "0",
    "--env-file",
    secrets,
  );
  const isReady = () =>
    fetch(`${baseUrl}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  if (!(await until(isReady, { limitMs: 90_000 }))) throw new Error(lines.join("\n"));
  ara = await signIn(baseUrl, "Ara");
  bomi = await signIn(baseUrl, "Bomi");
  roomId = await makeRoom([ara, bomi]);
});

afterAll(async () => {
  if (server) await endGroup(server.id);
  await cleanUp();
});

/** A connection that was cut off in the middle of a file may be taken for a new request before that is known. */
function again<Value>(call: () => Promise<Value>): Promise<Value> {
  return call().catch(call).catch(call);
}

async function post(path: string, body?: object) {
  const response = await again(() =>
    fetch(`${baseUrl}/v1/media/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${ara.token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, body: await response.json() };
}

const film = Buffer.concat([Buffer.of(0, 0, 0, 0x18), Buffer.from("ftypisom"), randomBytes(BYTES - 12)]);

it("a film goes to the storage as it was announced, and in no other way", async () => {
  const announced = await post("uploads", { roomId, contentType: "video/mp4", sizeBytes: BYTES, fileName: "수업.mp4" });
  expect(announced.status).toBe(201);
  const { key, uploadUrl, headers } = presignAnswer.parse(announced.body);
  const send = (body: Buffer<ArrayBuffer>, contentType: string, url = uploadUrl) =>
    fetch(url, { method: "PUT", headers: { "content-type": contentType }, body }).then(({ status }) => status);
  // What refuses the headers does not wait for the file: 403, a cut connection, or what a stand-in makes of that.
  const put = (...file: Parameters<typeof send>) => send(...file).catch(() => "cut off");
  expect(await put(film, "text/html")).not.toBe(200);
  expect(await put(film.subarray(1), "video/mp4")).not.toBe(200);
  expect(await put(film, "video/mp4", uploadUrl.replace(key, `${key}x`))).not.toBe(200);
  expect((await post(`${key}/complete`)).status).toBe(409);
  expect(await again(() => send(film, headers["content-type"] ?? ""))).toBe(200);

  const completed = await post(`${key}/complete`);
  expect(completed.status).toBe(200);
  expect(mediaAnswer.parse(completed.body)).toMatchObject({ size: BYTES, fileName: "수업.mp4" });
  const fetched = await fetch(`${baseUrl}/v1/media/${key}`, {
    headers: { authorization: `Bearer ${bomi.token}`, range: "bytes=-100" },
  });
  expect(fetched.status).toBe(206);
  expect(Buffer.from(await fetched.arrayBuffer())).toEqual(film.subarray(-100));
});

it("what is no film is refused once it came", async () => {
  const page = Buffer.from("<!doctype html><script>alert(1)</script>");
  const { body } = await post("uploads", { roomId, contentType: "video/mp4", sizeBytes: page.length });
  const { key, uploadUrl, headers } = presignAnswer.parse(body);
  const { "content-length": _, ...others } = headers;
  expect((await fetch(uploadUrl, { method: "PUT", headers: others, body: page })).status).toBe(200);
  expect((await post(`${key}/complete`)).status).toBe(415);
  expect((await post(`${key}/complete`)).status).toBe(409);
});
