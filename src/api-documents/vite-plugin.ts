/** Writes both documents and their pages beside the web page, where they are served as files: the Worker has no part in it. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Plugin } from "vite";
import { openApiDocument } from "./http/openapi.ts";
import { httpPage } from "./pages/http-page.ts";
import { socketsPage } from "./pages/sockets-page.ts";
import { asyncApiDocument } from "./sockets/asyncapi.ts";

/** By the path under which it is served; `.html` is left out in addresses. */
const FILES: Readonly<Record<string, () => string>> = {
  "v1/openapi.json": () => JSON.stringify(openApiDocument()),
  "v1/asyncapi.json": () => JSON.stringify(asyncApiDocument()),
  "docs.html": httpPage,
  "docs/sockets.html": socketsPage,
};

const STYLE_SHEET = join(import.meta.dirname, "pages/docs.css");

export function apiDocuments(): Plugin {
  let folder = "";
  return {
    name: "studymate:api-documents",
    apply: "build",
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    // After the bundle: these files are no part of the web page, and nothing that it loads or keeps.
    closeBundle() {
      for (const [name, make] of Object.entries(FILES)) write(join(folder, name), make());
      copyFileSync(STYLE_SHEET, join(folder, "docs/docs.css"));
    },
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
