/** The dependency rule of the design, executed: schema ← objects ← src, and who may use what. */
import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";

interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Ours, from the root of the repository. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s[^"';]*?from\s*"([^"]+)"|(?:^|[\s;])import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/g;

function readSource(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const specifiers = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  return {
    path,
    text,
    imports: specifiers.filter((name) => name.startsWith(".")).map((name) => posix.join(posix.dirname(path), name)),
    packages: specifiers.filter((name) => !name.startsWith(".")),
  };
}

const sources = globSync("{schema,objects,src}/**/*.{ts,tsx}")
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !path.endsWith(".d.ts"))
  .map(readSource);

/** `src/rooms/store.ts` → `src/rooms`; a file right under its layer belongs to the layer: `src/app.ts` → `src`. */
function folderOf(path: string): string {
  const [layer = "", folder, ...rest] = path.split("/");
  return folder !== undefined && rest.length > 0 ? `${layer}/${folder}` : layer;
}

const isIn = (path: string, ...folders: string[]) => folders.some((folder) => path.startsWith(`${folder}/`));

/** `file: what it may not` for every file of `among` that imports what it may not. */
function violations(among: (path: string) => boolean, isAllowed: (target: string, from: string) => boolean): string[] {
  return sources
    .filter(({ path }) => among(path))
    .flatMap(({ path, imports }) => imports.filter((to) => !isAllowed(to, path)).map((to) => `${path}: ${to}`));
}

/** Files outside `allowed` that use a package. */
function usersOf(packageName: string, isAllowed: (path: string) => boolean): string[] {
  return sources
    .filter(({ packages }) => packages.some((name) => name === packageName || name.startsWith(`${packageName}/`)))
    .map(({ path }) => path)
    .filter((path) => !isAllowed(path));
}

/** Folders of src that are not a domain: what all routes share, what all domains write to, and programs of their own. */
const SHARED_HTTP = "src/http";
const SHARED_STORES = [
  "src/activity",
  "src/devices",
  "src/fan-outs",
  "src/owed-notifications",
  "src/people",
  "src/planned-sessions",
  "src/stored-media",
];
const PROGRAMS = ["src/client", "src/client-package", "src/web", "src/local", "src/deploy", "src/api-documents"];
const isDomain = (folder: string) => folder.startsWith("src/") && folder !== SHARED_HTTP && !PROGRAMS.includes(folder);

describe("layers", () => {
  test("there is something to check", () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(50);
  });

  test("schema imports nothing of ours", () => {
    expect(
      violations(
        (path) => isIn(path, "schema"),
        (target) => isIn(target, "schema"),
      ),
    ).toEqual([]);
  });

  test("objects import the schema, the kernel and their own folder", () => {
    const isAllowed = (target: string, from: string) =>
      isIn(target, "schema", "objects/kernel", "migrations") || folderOf(target) === folderOf(from);
    expect(violations((path) => isIn(path, "objects"), isAllowed)).toEqual([]);
  });

  test("the kernel knows no product object", () => {
    const isAllowed = (target: string) => isIn(target, "schema", "objects/kernel");
    expect(violations((path) => isIn(path, "objects/kernel"), isAllowed)).toEqual([]);
  });

  test("domain folders never import each other", () => {
    const isAllowed = (target: string, from: string) =>
      isIn(target, "schema", "objects", SHARED_HTTP, ...SHARED_STORES) || folderOf(target) === folderOf(from);
    expect(violations((path) => isDomain(folderOf(path)), isAllowed)).toEqual([]);
  });

  test("what all domains write to knows none of them", () => {
    const isAllowed = (target: string, from: string) =>
      isIn(target, "schema", "objects", SHARED_HTTP, ...SHARED_STORES) || folderOf(target) === folderOf(from);
    expect(violations((path) => isIn(path, ...SHARED_STORES), isAllowed)).toEqual([]);
  });

  test("what all routes share knows no domain", () => {
    const isAllowed = (target: string) => isIn(target, "schema", "objects", SHARED_HTTP);
    expect(violations((path) => isIn(path, SHARED_HTTP), isAllowed)).toEqual([]);
  });

  test("the client imports only the schema", () => {
    const isAllowed = (target: string) => isIn(target, "schema", "src/client");
    expect(violations((path) => isIn(path, "src/client"), isAllowed)).toEqual([]);
  });

  test("what the client gives to tests, to React and for files goes through the door that applications use", () => {
    const inner = ["src/client/testing", "src/client/react", "src/client/media"];
    const doors = ["src/client/index.ts", "src/client/me/index.ts"];
    const isAllowed = (target: string, from: string) =>
      isIn(target, "schema", posix.dirname(from)) || doors.includes(target);
    expect(violations((path) => isIn(path, ...inner), isAllowed)).toEqual([]);
    const isOutside = (path: string) => isIn(path, "src/client") && !isIn(path, ...inner);
    expect(violations(isOutside, (target) => !isIn(target, ...inner))).toEqual([]);
  });

  test("the page imports only the client, the schema and the names of the demo's people", () => {
    const isAllowed = (target: string) =>
      isIn(target, "schema", "src/client", "src/web") || target === "src/local/people.ts";
    expect(violations((path) => isIn(path, "src/web"), isAllowed)).toEqual([]);
    expect(
      violations(
        (path) => path === "src/local/people.ts",
        () => false,
      ),
    ).toEqual([]);
  });

  test("the API documents import the schema and the rates; the build makes them, and nobody imports them", () => {
    const isAllowed = (target: string) =>
      isIn(target, "schema", "src/api-documents") || target === "objects/kernel/limits.ts";
    expect(violations((path) => isIn(path, "src/api-documents"), isAllowed)).toEqual([]);
    expect(
      violations(
        (path) => !isIn(path, "src/api-documents"),
        (target) => !isIn(target, "src/api-documents"),
      ),
    ).toEqual([]);
  });

  test("rules import only the schema, and their own kind", () => {
    const isRules = (path: string) => posix.basename(path) === "rules.ts";
    const isAllowed = (target: string, from: string) =>
      isIn(target, "schema") || (posix.dirname(target) === posix.dirname(from) && /[\w-]*rules\.ts$/.test(target));
    expect(violations(isRules, isAllowed)).toEqual([]);
  });
});

describe("packages", () => {
  const isWorker = (path: string) => isIn(path, "src") && !isIn(path, ...PROGRAMS);
  const isObjectClass = (path: string) => /^objects\/([\w-]+)\/\1\.ts$/.test(path);

  test("hono stays in the Worker", () => {
    expect(usersOf("hono", isWorker)).toEqual([]);
  });

  test("msgpackr stays in the codec", () => {
    expect(usersOf("msgpackr", (path) => path === "schema/protocol/codec.ts")).toEqual([]);
  });

  test("partyserver stays in the object classes, the kernel's sockets and the socket routes", () => {
    const isSocketRoute = (path: string) => isWorker(path) && posix.basename(path) === "socket.ts";
    const isAllowed = (path: string) =>
      isObjectClass(path) || isIn(path, "objects/kernel/sockets") || isSocketRoute(path);
    expect(usersOf("partyserver", isAllowed)).toEqual([]);
  });

  test("react stays in the client's hooks and in the page", () => {
    expect(usersOf("react", (path) => isIn(path, "src/client/react", "src/web"))).toEqual([]);
  });

  test("the client needs neither Workers nor Node", () => {
    const packages = sources.filter(({ path }) => isIn(path, "src/client")).flatMap((file) => file.packages);
    expect(packages.filter((name) => name.startsWith("cloudflare:") || name.startsWith("node:"))).toEqual([]);
  });
});

describe("writers", () => {
  /** Statements against D1, in SQL text and through drizzle. An object's own tables have other names. */
  const WRITE_IN_SQL =
    /\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+["`]?chat_(?:rooms|participants|messages)\b/i;
  const WRITE_IN_DRIZZLE = /\.(?:insert|update|delete)\(\s*chat(?:Rooms|Participants|Messages)\b/;
  const CREATION = "src/rooms/store.ts";
  const ARCHIVE = "src/jobs/archive-messages.ts";
  const CREATION_KEYS = "src/jobs/creation-keys.ts";
  const SESSION_CREATION = "src/planned-sessions/creation.ts";

  test("D1 tables that an object owns are written by its flush alone, by the creation of a room and by the archive", () => {
    const writers = sources
      .filter(({ text }) => WRITE_IN_SQL.test(text) || WRITE_IN_DRIZZLE.test(text))
      .map(({ path }) => path)
      .filter(
        (path) => ![CREATION, ARCHIVE, CREATION_KEYS].includes(path) && !/^objects\/[\w-]+\/flush\.ts$/.test(path),
      );
    expect(writers).toEqual([]);
  });

  test("the archive only takes messages away, and nothing else of a room", () => {
    const archive = sources.find(({ path }) => path === ARCHIVE)?.text ?? "";
    const writes = archive.match(/\b(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) \w+/g);
    expect(writes).toEqual(["INSERT INTO chat_messages_archive", "UPDATE SET", "DELETE FROM chat_messages"]);
    expect(archive).not.toMatch(WRITE_IN_DRIZZLE);
  });

  test("sessions are written by their flush alone, and by their creation, which leaves what is flushed as it is", () => {
    const write =
      /\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+(?:learning_sessions|session_participants|session_recordings)\b/i;
    const writers = sources
      .filter(
        ({ text }) =>
          write.test(text) ||
          /\.(?:insert|update|delete)\(\s*(?:learningSessions|session(?:Participants|Recordings))\b/.test(text),
      )
      .map(({ path }) => path)
      .filter((path) => !/^objects\/[\w-]+\/flush\.ts$/.test(path));
    expect(writers.toSorted()).toEqual([CREATION_KEYS, SESSION_CREATION]);
    const creation = sources.find(({ path }) => path === SESSION_CREATION)?.text ?? "";
    const writes = creation.match(/\b(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) \w+/g);
    expect(writes).toEqual([
      "INSERT INTO learning_sessions",
      "INSERT INTO session_participants",
      "INSERT INTO session_bookings",
      "UPDATE learning_sessions",
    ]);
  });

  test("of rooms and sessions, the end of an account forgets what they were made with, and nothing else", () => {
    const keys = sources.find(({ path }) => path === CREATION_KEYS)?.text ?? "";
    const forget = /UPDATE \w+ SET creation_key = NULL, creation_hash = NULL WHERE/g;
    expect(keys.match(forget)).toHaveLength(2);
    expect(keys.match(/\b(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) \w+/g)).toHaveLength(2);
  });

  test("the creation of a room only inserts", () => {
    const creation = sources.find(({ path }) => path === CREATION)?.text ?? "";
    expect(creation).toMatch(WRITE_IN_SQL);
    expect(creation).not.toMatch(/\b(?:UPDATE|DELETE FROM|REPLACE INTO)\b|ON CONFLICT DO UPDATE|\.(?:update|delete)\(/);
  });
});
