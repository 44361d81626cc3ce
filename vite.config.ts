import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

const server = process.env.STUDYMATE_URL ?? "http://localhost:8787";

export default defineConfig({
  root: "src/web",
  build: { outDir: "../../dist/web", emptyOutDir: true, target: "es2024" },
  plugins: [preact()],
  server: {
    // `vite` serves the page while it is worked on; the API comes from a running server, which allows its own origin only.
    proxy: { "/v1": { target: server, ws: true, changeOrigin: true, headers: { origin: server } } },
  },
});
