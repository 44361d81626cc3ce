/** One structured line per event, for `wrangler tail` and log drains. Never content, never tokens. */
export interface LogLine {
  readonly event: string;
  readonly object?: string;
  readonly frame?: string;
  readonly requestId?: string;
  readonly [detail: string]: string | number | boolean | undefined;
}

export function logError(line: LogLine, error: unknown): void {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.error(JSON.stringify({ level: "error", ...line, reason }));
}
