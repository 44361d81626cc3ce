/** The `package.json` that is published: the SDK alone. The repository's own is that of the server, and stays private. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const repository = z.object({
  version: z.string(),
  license: z.string(),
  dependencies: z.record(z.string(), z.string()),
});

/** Only `studymate/react` needs it, and the application has its own. */
const PEER = "react";

export interface Contents {
  /** `client` for `studymate/client`. */
  readonly entries: readonly string[];
  /** The packages that the built files import. */
  readonly packages: ReadonlySet<string>;
}

export function manifest(root: string, { entries, packages }: Contents): object {
  const own = repository.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  return {
    name: "studymate",
    version: own.version,
    description: "Client SDK of StudyMate, the realtime backend of a language exchange",
    license: own.license,
    type: "module",
    sideEffects: false,
    engines: { node: ">=20" },
    exports: {
      ...Object.fromEntries(
        entries.map((name) => [`./${name}`, { types: `./types/${name}.d.ts`, default: `./js/${name}.js` }]),
      ),
      "./package.json": "./package.json",
    },
    files: ["js", "types", "sdk-testing.md"],
    dependencies: Object.fromEntries(
      [...packages].filter((name) => name !== PEER).map((name) => [name, `^${versionOf(own, name)}`]),
    ),
    peerDependencies: { [PEER]: ">=18" },
    peerDependenciesMeta: { [PEER]: { optional: true } },
  };
}

/** What the SDK imports must be among what the repository installs for use, not for development alone. */
function versionOf({ dependencies }: z.infer<typeof repository>, name: string): string {
  const version = dependencies[name];
  if (version === undefined) throw new Error(`The SDK imports ${name}, which is not among the dependencies.`);
  return version;
}
