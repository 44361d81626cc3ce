import { existsSync, linkSync, rmSync, writeFileSync } from "node:fs";

/** A file that is made once and then stays, for its owner alone. */
export function keptFile(file: string, content: () => string): string {
  if (existsSync(file)) return file;
  // Written aside and then linked: the file is there whole or not at all, and a second start cannot replace it.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content(), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return file;
}
