/** The package `studymate` as an application gets it: built, packed, unpacked into a folder that has nothing of ours. */
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildClientPackage } from "../src/client-package/build.ts";

const MODULES = join(import.meta.dirname, "../node_modules");
const CLIENT_LIMIT_BYTES = 15 * 1_024;
const SIGN_IN_LIMIT_BYTES = 2 * 1_024;
/** With the errors that it shares with the client. */
const MEDIA_LIMIT_BYTES = 2 * 1_024;

const ME_ADDS_BYTES = 2 * 1_024;
/** A connection of its own, the mesh and what records it. */
const SESSION_ADDS_BYTES = 9 * 1_024;

const folder = mkdtempSync(join(tmpdir(), "studymate-package-"));
const built = join(folder, "built");
const app = join(folder, "app");
const installed = join(app, "node_modules/studymate");

function run(program: string, args: readonly string[], cwd = app): string {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string }; // of execFileSync
    throw new Error(`${program} ${args.join(" ")}\n${stdout}${stderr}`);
  }
}

beforeAll(async () => {
  await buildClientPackage(built);
  run("npm", ["pack", "--silent", "--pack-destination", folder], built);
  mkdirSync(installed, { recursive: true });
  const [packed = "no package"] = globSync("*.tgz", { cwd: folder });
  run("tar", ["-xzf", join(folder, packed), "-C", installed, "--strip-components=1"]);
  for (const name of ["msgpackr", "react"]) symlinkSync(join(MODULES, name), join(app, "node_modules", name));
  mkdirSync(join(app, "node_modules/@types"));
  for (const name of ["node", "react"])
    symlinkSync(join(MODULES, "@types", name), join(app, "node_modules/@types", name));
  symlinkSync(join(MODULES, "csstype"), join(app, "node_modules/csstype"));
  symlinkSync(join(MODULES, "undici-types"), join(app, "node_modules/undici-types"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module", private: true }));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What an application ships that has this line: code and modules, with the packages around ours left out. */
async function bundled(line: string) {
  const entry = join(app, "entry.js");
  writeFileSync(entry, line);
  const bundle = await rolldown({ input: entry, cwd: app, external: ["msgpackr", "react"] });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  const [chunk] = output;
  return { code: chunk.code, bytes: gzipSync(chunk.code).byteLength, modules: chunk.moduleIds, imports: chunk.imports };
}

describe("The size of", () => {
  it(`studymate/client is at most ${CLIENT_LIMIT_BYTES} bytes minified and gzipped, msgpackr left out`, async () => {
    const { bytes } = await bundled('export * from "studymate/client";');
    expect(bytes, `studymate/client is ${bytes} bytes gzipped`).toBeLessThanOrEqual(CLIENT_LIMIT_BYTES);
  });

  it(`studymate/media is at most ${MEDIA_LIMIT_BYTES} bytes, without a room`, async () => {
    const { bytes, modules } = await bundled('export * from "studymate/media";');
    expect(bytes, `studymate/media is ${bytes} bytes gzipped`).toBeLessThanOrEqual(MEDIA_LIMIT_BYTES);
    expect(modules.filter((id) => /\/(?:room|storage)/.test(id))).toEqual([]);
  });

  it(`studymate/me adds at most ${ME_ADDS_BYTES} bytes to studymate/client, and has no storage of its own`, async () => {
    const both = await bundled('export * from "studymate/client"; export * from "studymate/me";');
    const client = await bundled('export * from "studymate/client";');
    const added = both.bytes - client.bytes;
    expect(added, `studymate/me adds ${added} bytes gzipped`).toBeLessThanOrEqual(ME_ADDS_BYTES);
    const { modules } = await bundled('export * from "studymate/me";');
    expect(modules.filter((id) => /\/(?:room|outbox|storage)/.test(id) && !id.includes("/me/"))).toEqual([]);
  });

  it(`studymate/session adds at most ${SESSION_ADDS_BYTES} bytes, less where nothing is recorded`, async () => {
    const both = await bundled('export * from "studymate/client"; export * from "studymate/session";');
    const client = await bundled('export * from "studymate/client";');
    const added = both.bytes - client.bytes;
    expect(added, `studymate/session adds ${added} bytes gzipped`).toBeLessThanOrEqual(SESSION_ADDS_BYTES);
    const connection = await bundled('export { connectSession } from "studymate/session";');
    expect(connection.modules.filter((id) => /\/(?:call|outbox|storage)\//.test(id))).toEqual([]);
    expect(connection.bytes).toBeLessThan(both.bytes - added / 2);
  });

  it(`a program that only signs in is at most ${SIGN_IN_LIMIT_BYTES} bytes, without msgpackr`, async () => {
    const { bytes, imports, modules } = await bundled('export { devLogin } from "studymate/client";');
    expect(bytes, `devLogin alone is ${bytes} bytes gzipped`).toBeLessThanOrEqual(SIGN_IN_LIMIT_BYTES);
    expect(imports).toEqual([]);
    expect(modules.filter((id) => id.includes("/storage/"))).toEqual([]);
  });

  it("an import without use is nothing", async () => {
    const lines = ["client", "me", "media", "react", "session", "testing"].map((name) => `import "studymate/${name}";`);
    expect((await bundled(lines.join(""))).code.trim()).toBe("");
  });
});

describe("The entries", () => {
  it("are apart: the client has nothing of files, react and testing in it", async () => {
    const { modules, imports } = await bundled('export * from "studymate/client";');
    expect(imports).not.toContain("react");
    expect(modules.filter((id) => /\/(?:me|media|react|session|testing)\//.test(id))).toEqual([]);
    expect(modules.length).toBeGreaterThan(10);
  });

  it("import no package that is not named in package.json", () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    const named = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    expect(named.sort()).toEqual(["msgpackr", "react"]);
    const specifiers = globSync("{js,types}/**/*.{js,ts}", { cwd: installed }).flatMap((path) =>
      [...readFileSync(join(installed, path), "utf8").matchAll(/(?:\bfrom|\bimport\(?)\s*["']([^."'][^"']*)["']/g)].map(
        ([, specifier]) => specifier,
      ),
    );
    expect([...new Set(specifiers)].filter((name) => !named.includes(String(name)))).toEqual([]);
    expect(specifiers).toContain("msgpackr");
  });

  it("need neither zod nor hono, and their types name nothing of Cloudflare", () => {
    const types = globSync("types/**/*.d.ts", { cwd: installed });
    expect(types.length).toBeGreaterThanOrEqual(3);
    for (const path of types) {
      const text = readFileSync(join(installed, path), "utf8");
      expect(text, path).not.toMatch(/\bz\.|zod|hono|cloudflare|DurableObject|<reference/i);
    }
  });

  it("call no method that Node 20 lacks and the build can fill in", () => {
    for (const path of globSync("js/**/*.js", { cwd: installed })) {
      const text = readFileSync(join(installed, path), "utf8");
      expect(text, path).not.toMatch(/\b(?:Promise\.(?:withResolvers|try)|(?:Map|Object)\.groupBy|Array\.fromAsync)\(/);
    }
  });

  it("are found by Node, bundlers and TypeScript as they should be", () => {
    run(join(MODULES, ".bin/publint"), ["--strict", "--pack", "false", installed]);
    run(join(MODULES, ".bin/attw"), [
      join(folder, globSync("*.tgz", { cwd: folder })[0] ?? ""),
      "--profile",
      "esm-only",
    ]);
  });
});

const PROGRAM = `
import { createClient, memoryStorage, StudyMateError } from "studymate/client";
import * as hooks from "studymate/react";
import { scriptedRoom } from "studymate/testing";

const server = scriptedRoom();
const { baseUrl, WebSocket, fetch } = server;
const storage = memoryStorage();
const client = createClient({ baseUrl, WebSocket, fetch, storage, token: () => server.token(1), userId: 1 });
const room = client.room(server.id);
await room.whenLive();
const { id } = await room.send("안녕하세요!");
const refused = await room.edit(99, "…").catch((error) => error instanceof StudyMateError && error.code);
console.log(id, room.getSnapshot().messages[0].content, refused, Object.keys(hooks).join());
client.close();
`;
const SAYS = "1 안녕하세요! not_found useMe,useRoom,useRoomList\n";

/** What Node 24 has and Node 20 has not. */
const OLD = `
delete globalThis.WebSocket;
delete globalThis.navigator;
delete globalThis.Iterator;
for (const name of ["withResolvers", "try"]) delete Promise[name];
for (const name of ["groupBy", "fromAsync"]) for (const type of [Map, Object, Array]) delete type[name];
const iterator = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
for (const name of Object.getOwnPropertyNames(iterator)) if (name !== "constructor") delete iterator[name];
for (const name of ["union", "intersection", "difference", "isSubsetOf", "isSupersetOf"]) delete Set.prototype[name];
`;

describe("A program", () => {
  it("runs from node_modules, where types are not stripped", () => {
    writeFileSync(join(app, "program.js"), PROGRAM);
    expect(run(process.execPath, ["program.js"])).toBe(SAYS);
  });

  it("runs where there is no WebSocket, no Promise.withResolvers, no Map.groupBy and the like, as in Node 20", () => {
    writeFileSync(join(app, "old.js"), OLD);
    expect(run(process.execPath, ["--import", "./old.js", "program.js"])).toBe(SAYS);
  });

  const settings: readonly [name: string, options: object][] = [
    ["for a bundler", { module: "preserve", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] }],
    ["for Node", { module: "node16", moduleResolution: "node16", lib: ["es2022"], types: ["node"] }],
    ["for Node, next", { module: "nodenext", moduleResolution: "nodenext", lib: ["es2022"], types: ["node"] }],
  ];
  it.each(settings)("has types that hold %s, without skipLibCheck", (_name, options) => {
    writeFileSync(join(app, "typed.ts"), `${TYPED}\n`);
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true };
    writeFileSync(
      join(app, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { target: "es2022", ...strict, ...options },
        files: ["typed.ts", "typed-call.ts"],
      }),
    );
    // Calls are made of what a page has.
    const hasPage = "lib" in options && String(options.lib).includes("dom");
    writeFileSync(join(app, "typed-call.ts"), hasPage ? `${TYPED_CALL}\n` : "export {};\n");
    run(process.execPath, [join(MODULES, "typescript/bin/tsc"), "-p", "."]);
  });
});

/** Each comment tells what the compiler must object to. */
const TYPED = `
import { createClient, type Message, type RoomSnapshot, StudyMateError } from "studymate/client";
import { connectMe, type MeSnapshot } from "studymate/me";
import { useMe, useRoom, useRoomList } from "studymate/react";
import { scriptedRoom, testNetwork } from "studymate/testing";

const network = testNetwork();
const client = createClient({ baseUrl: "https://studymate.example", token: () => "token", WebSocket: network.WebSocket });
const snapshot: RoomSnapshot = client.room(1).getSnapshot();
const message: Message | undefined = snapshot.messages.at(-1);
export const content: string | null | undefined = message?.content;
// @ts-expect-error Messages are numbered.
export const id: string | undefined = message?.id;
// @ts-expect-error There is no such kind of room.
client.createRoom({ roomType: "CHANNEL", participantIds: [] });
// @ts-expect-error There is no such code.
export const isStrange = (error: StudyMateError) => error.code === "strange";
export const newest = () => useRoom(client, 1).snapshot.messages.at(-1)?.content?.length;
export const unread = () => useRoomList(client);
export const told: () => MeSnapshot = () => useMe(connectMe(client));
// @ts-expect-error Nobody chooses to be offline.
export const hide = () => connectMe(client).setStatus("offline");
export const server = scriptedRoom({ people: [{ userId: 1, name: "Minji" }] });
`;

const TYPED_CALL = `
import { createClient } from "studymate/client";
import { type CallSnapshot, connectSession, createCall, type SessionSnapshot } from "studymate/session";

const client = createClient({ baseUrl: "https://studymate.example", token: () => "token" });
const session = connectSession(client, 1);
const call = createCall(session, { relayOnly: true });
const video = document.createElement("video");
video.srcObject = call.getSnapshot().peers[0]?.camera ?? null;
export const language: SessionSnapshot["language"] = session.getSnapshot().language;
export const state: CallSnapshot["state"] = call.getSnapshot().state;
// @ts-expect-error Nobody turns on a printer.
call.turnOn("printer");
`;
