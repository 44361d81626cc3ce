/**
 * The package's `.d.ts` files. Those of the schema are written with their types spelled out: `z.infer<typeof message>`
 * becomes the object it stands for, so that an application needs no zod, and its editor shows fields.
 */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { API, NodeBuilderFlags } from "typescript/unstable/sync";

const ROOT = join(import.meta.dirname, "../..");
const PROJECT = join(import.meta.dirname, "tsconfig.json");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

const INFERRED = /^export type (\w+) = z\.(?:infer|input|output)<.*>;$/gm;
/** The one type of zod's that has a name of its own in what is spelled out. */
const JSON_TYPE = "type JSONType = string | number | boolean | null | JSONType[] | { [key: string]: JSONType };\n";

export interface Declarations {
  /** Entries by name, as paths from the root of the repository: `src/client/index.ts`. */
  readonly entries: Readonly<Record<string, string>>;
  readonly outFolder: string;
  /** For what lies between; empty. */
  readonly workFolder: string;
}

export async function writeDeclarations({ entries, outFolder, workFolder }: Declarations): Promise<void> {
  try {
    execFileSync(process.execPath, [TSC, "-p", PROJECT, "--outDir", workFolder], { stdio: "pipe", encoding: "utf8" });
  } catch (error) {
    const told = error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
    throw new Error(`The types of the client are wrong:\n${told}`);
  }
  spellOut(workFolder);
  const input = Object.fromEntries(
    Object.entries(entries).map(([name, path]) => [name, join(workFolder, path.replace(/\.tsx?$/, ".d.ts"))]),
  );
  const bundle = await rolldown({ input, external: isPackage, plugins: [declarationPaths(), dts({ dtsInput: true })] });
  await bundle.write({ dir: outFolder, chunkFileNames: "shared/[name].d.ts" });
  await bundle.close();
}

export const isPackage = (specifier: string) => !/^[./]/.test(specifier);

/** tsc leaves `./room.ts` in a declaration, which is `./room.d.ts` by then. */
function declarationPaths(): Plugin {
  return {
    name: "declaration-paths",
    resolveId: (specifier, importer) =>
      importer !== undefined && /^\..*\.tsx?$/.test(specifier)
        ? join(importer, "..", specifier.replace(/\.tsx?$/, ".d.ts"))
        : null,
  };
}

function spellOut(workFolder: string): void {
  const api = new API({ cwd: ROOT });
  try {
    const [project] = api.updateSnapshot({ openProjects: [PROJECT] }).getProjects();
    if (project === undefined) throw new Error("TypeScript opened no project.");
    const { checker, program } = project;
    const flags =
      NodeBuilderFlags.NoTruncation | NodeBuilderFlags.InTypeAlias | NodeBuilderFlags.MultilineObjectLiterals;
    for (const path of globSync("schema/**/*.d.ts", { cwd: workFolder })) {
      const declared = readFileSync(join(workFolder, path), "utf8");
      const source = program.getSourceFile(join(ROOT, path.replace(/\.d\.ts$/, ".ts")));
      const module = source && checker.getSymbolAtLocation(source);
      if (!INFERRED.test(declared) || module === undefined) continue;
      const types = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
      const spelled = declared.replaceAll(INFERRED, (line, name: string) => {
        const symbol = types.get(name);
        if (symbol === undefined) throw new Error(`${path} has no ${name}: ${line}`);
        return `export type ${name} = ${checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), undefined, flags)};`;
      });
      writeFileSync(join(workFolder, path), /\bJSONType\b/.test(spelled) ? spelled + JSON_TYPE : spelled);
    }
  } finally {
    api.close();
  }
}
