import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { apiDocuments } from "./src/api-documents/vite-plugin.ts";
import type { ShellFiles } from "./src/web/worker/shell-files.ts";

// A build is what people get, whatever the shell or the test runner that asks for it says of itself.
if (process.argv.includes("build")) process.env.NODE_ENV = "production";

const server = process.env.STUDYMATE_URL ?? "http://localhost:8787";

export default defineConfig({
  root: "src/web",
  build: {
    outDir: "../../dist/web",
    emptyOutDir: true,
    target: "es2024",
    // A small file as data: in the page would be refused by its own Content-Security-Policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What the page opens with is one file, whoever else uses a part of it: cut into small ones it is larger.
        codeSplitting: { groups: [{ name: "page", tags: ["$initial"], test: (id) => !id.includes("/web/worker/") }] },
      },
      onLog(level, log, next) {
        // "use client" of the components: there is no server here.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") next(level, log);
      },
    },
  },
  plugins: [serviceWorker(), apiDocuments()],
  server: {
    // `vite` serves the page while it is worked on; the API comes from a running server, which allows its own origin only.
    proxy: { "/v1": { target: server, ws: true, changeOrigin: true, headers: { origin: server } } },
  },
});

/** Everything the page opens with. Emoji data is not among it: it is large, and kept by the picker itself. */
const SHELL = /^(?:index\.html|manifest\.webmanifest|icon[\w-]*\.svg|assets\/(?!data-).+)$/;

/** Builds `/sw.js`, and tells it which files the page is made of. */
function serviceWorker(): Plugin {
  return {
    name: "studymate:service-worker",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "chunk", id: join(import.meta.dirname, "src/web/worker/sw.ts"), fileName: "sw.js" });
    },
    writeBundle({ dir: folder = "" }) {
      const names = globSync("**/*.*", { cwd: folder }).map((name) => name.replaceAll("\\", "/"));
      const kept = names.filter((name) => SHELL.test(name)).sort();
      const hash = createHash("sha256");
      for (const name of kept) hash.update(name).update(readFileSync(join(folder, name)));
      const files = kept.map((name) => (name === "index.html" ? "/" : `/${name}`));
      const shell: ShellFiles = { version: hash.digest("hex").slice(0, 16), files };
      const worker = join(folder, "sw.js");
      writeFileSync(worker, `self.shell=${JSON.stringify(shell)};\n${readFileSync(worker, "utf8")}`);
    },
  };
}
