import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Person } from "./support.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Everything that axe finds, as one would look for it. */
export async function findings({ page }: Person): Promise<string[]> {
  // As a debugger would: the page's own policy forbids scripts from elsewhere.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run(); // injected above
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ html }) => `${impact} ${id}: ${html.slice(0, 160)}`),
    );
  });
}
