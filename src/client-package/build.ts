/**
 * Builds the package `studymate` from `src/client`: ES modules that Node 20 and browsers of 2023 run, their types, and
 * a `package.json` of its own. `npm run build:client` writes it to `dist/client`; `npm publish ./dist/client` publishes it.
 */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { isPackage, writeDeclarations } from "./declarations.ts";
import { manifest } from "./manifest.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The newest syntax that is left in; newer methods are filled in by `inject`. */
const TARGET = "es2022";
const MISSING_METHODS = join(import.meta.dirname, "missing-methods.ts");
const ENTRIES = {
  client: "src/client/index.ts",
  me: "src/client/me/index.ts",
  media: "src/client/media/index.ts",
  react: "src/client/react/index.ts",
  session: "src/client/session/index.ts",
  testing: "src/client/testing/index.ts",
};

export async function buildClientPackage(outFolder: string): Promise<void> {
  rmSync(outFolder, { recursive: true, force: true });
  const bundle = await rolldown({
    cwd: ROOT,
    input: ENTRIES,
    external: isPackage,
    platform: "neutral",
    // What the server needs of a module that both use is left out: its constants are made by calls that do nothing else.
    treeshake: {
      moduleSideEffects: false,
      propertyReadSideEffects: false,
      manualPureFunctions: ["Uint8Array.from"],
    },
    transform: {
      target: TARGET,
      inject: {
        "Promise.withResolvers": [MISSING_METHODS, "withResolvers"],
        "Map.groupBy": [MISSING_METHODS, "groupBy"],
      },
    },
  });
  // A file per module: with `sideEffects: false` every bundler then leaves out what an application does not use.
  const written = await bundle.write({
    dir: join(outFolder, "js"),
    format: "esm",
    preserveModules: true,
    preserveModulesRoot: ROOT,
  });
  await bundle.close();

  const workFolder = mkdtempSync(join(tmpdir(), "studymate-types-"));
  try {
    await writeDeclarations({ entries: ENTRIES, outFolder: join(outFolder, "types"), workFolder });
  } finally {
    rmSync(workFolder, { recursive: true });
  }
  const imports = written.output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.imports : []));
  const files = new Set(written.output.map(({ fileName }) => fileName));
  const contents = { entries: Object.keys(ENTRIES), packages: new Set(imports.filter((name) => !files.has(name))) };
  writeFileSync(join(outFolder, "package.json"), `${JSON.stringify(manifest(ROOT, contents), null, 2)}\n`);
  copyFileSync(join(ROOT, "LICENSE"), join(outFolder, "LICENSE"));
  copyFileSync(join(ROOT, "docs/sdk.md"), join(outFolder, "README.md"));
  copyFileSync(join(ROOT, "docs/sdk-testing.md"), join(outFolder, "sdk-testing.md"));
}

if (import.meta.main) await buildClientPackage(join(ROOT, "dist/client"));
