/** A copy of one SQLite file as it was at one moment, while another process writes to it. */
import { rmSync, writeFileSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { Refusal } from "./refusal.ts";

/** All pages in one step, under one read transaction: a copy in several begins anew with each write in between. */
const ALL_PAGES = 2 ** 31 - 1;

export async function copyDatabase(from: string, to: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${to}${suffix}`, { force: true });
  // SQLite takes the file that is there, and its journals get the same mode: the copy is its owner's alone from the start.
  writeFileSync(to, "", { mode: 0o600, flag: "wx" });
  const source = new DatabaseSync(from, { readOnly: true });
  try {
    await backup(source, to, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(to);
  try {
    // One file, complete without a log beside it. The server turns the log on again when it opens the file.
    copy.exec("PRAGMA journal_mode = DELETE");
    const findings = copy.prepare("PRAGMA integrity_check").all();
    if (findings[0]?.integrity_check !== "ok") throw new Refusal(`The database ${from} is damaged; nothing was kept.`);
  } finally {
    copy.close();
  }
}
