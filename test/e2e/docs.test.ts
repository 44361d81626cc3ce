/**
 * What the pages tell developers to write is what works: every block of code is checked by the compiler, and the blocks of
 * a page, one after the other, are a program that runs against a server.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp, freePort, newStateFolder, type ServerProcess, startServer } from "./support/server.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Inside of the repository, where `studymate/client` is the source. */
const FOLDER = join(ROOT, "dist/docs");
const SERVER_OF_PAGES = "http://localhost:8787";
const PROGRAM_MS = 60_000;

interface Page {
  readonly name: string;
  readonly path: string;
  /** Added to the end: what shows that the program did what the page says. */
  readonly proof?: string;
}

const PAGES: readonly Page[] = [
  { name: "readme", path: "README.md" },
  {
    name: "sdk",
    path: "docs/sdk.md",
    proof: `
      import { renderToString } from "react-dom/server";
      const contents = room.getSnapshot().messages.map(({ content }) => content);
      if (contents.join() !== "안녕하세요!,,hi") throw new Error(contents.join());
      if ((await ownTokens("connect")) !== accessToken) throw new Error("another token");
      const shown = createClient({ baseUrl, token: () => accessToken });
      await Promise.all([shown.room(roomId).whenLive(), shown.roomList.reload()]);
      const html = renderToString(<Conversation client={shown} roomId={roomId} />) + renderToString(<Rooms client={shown} />) + renderToString(<Bell me={me} />);
      if (!html.includes("<p>안녕하세요!</p>") || !html.includes("<li>한국어 · English")) throw new Error(html);
      shown.close();`,
  },
  { name: "sdk-testing", path: "docs/sdk-testing.md" },
];

const FENCE = /^```(\w*)$/;
const CODE = new Set(["ts", "tsx", "js", "jsx", "mjs", "typescript", "javascript"]);

/** The page with everything but code blanked, so that a line of the program is that line of the page. */
function programOf(text: string): { readonly lines: readonly string[]; readonly blocks: number } {
  let language: string | undefined;
  let blocks = 0;
  const lines = text.split("\n").map((line) => {
    const fence = FENCE.exec(line);
    if (fence === null) return language !== undefined && CODE.has(language) ? line : "";
    language = language === undefined ? fence[1] : undefined;
    if (language !== undefined && CODE.has(language)) blocks += 1;
    return "";
  });
  return { lines, blocks };
}

const run = promisify(execFile);

/** Resolves with what the program printed; rejects with it where it fails or does not end. */
async function output(args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(process.execPath, args, { cwd: FOLDER, timeout: PROGRAM_MS });
    return stdout + stderr;
  } catch (error) {
    const { stdout = "", stderr = "", killed } = error as { stdout?: string; stderr?: string; killed?: boolean }; // of execFile
    throw new Error(`${killed ? "It does not end.\n" : ""}${stdout}${stderr}`);
  }
}

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer({ stateFolder: newStateFolder(), port: await freePort() });
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { name, path, proof = "" } of PAGES) {
    const text = programOf(readFileSync(join(ROOT, path), "utf8")).lines.join("\n");
    const source = `${text}\n${proof}\nexport {};\n`.replaceAll(SERVER_OF_PAGES, server.baseUrl);
    writeFileSync(join(FOLDER, `${name}.tsx`), source);
  }
  const compilerOptions = { lib: ["es2024", "dom", "dom.iterable"], types: ["node"], jsx: "react-jsx" };
  writeFileSync(
    join(FOLDER, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["*.tsx"], exclude: [] }),
  );
});

afterAll(cleanUp);

describe("The code of the pages", () => {
  it("is there", () => {
    const blocks = PAGES.map(({ path }) => programOf(readFileSync(join(ROOT, path), "utf8")).blocks);
    expect(blocks.every((count) => count > 0)).toBe(true);
    expect(blocks.reduce((sum, count) => sum + count)).toBeGreaterThan(15);
  });

  it("fits the types of the SDK", async () => {
    await output([join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "."]);
  });

  it.each(PAGES)("runs: $path", async ({ name }) => {
    const bundle = await rolldown({
      input: join(FOLDER, `${name}.tsx`),
      external: /^[^./]/,
      transform: { jsx: { runtime: "automatic" } },
      treeshake: false,
    });
    await bundle.write({ file: join(FOLDER, `${name}.mjs`), format: "esm" });
    await bundle.close();
    const printed = await output(["--import", "fake-indexeddb/auto", `${name}.mjs`]);
    expect(printed).not.toMatch(/^not ok|# fail [1-9]/m);
  });
});
