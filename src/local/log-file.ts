import { createWriteStream } from "node:fs";

const WORTH_SHOWING = /\[(?:ERROR|WARNING)\]|"level":"(?:error|warn)"/;
/** That is what job-bell.ts is for. */
const KNOWN = /Scheduled Workers are not automatically triggered/;

/** Everything goes to the file, which each start begins anew; warnings and errors also to the terminal. */
export function openLog(file: string): (line: string) => void {
  const log = createWriteStream(file, { mode: 0o600 });
  return (line) => {
    log.write(`${line}\n`);
    if (WORTH_SHOWING.test(line) && !KNOWN.test(line)) console.error(line);
  };
}
