/** One structured line per event, for `wrangler tail` and log drains. Never content, never tokens. */
export interface LogLine {
  readonly event: string;
  readonly object?: string;
  readonly frame?: string;
  readonly requestId?: string;
  readonly [detail: string]: string | number | boolean | undefined;
}

export function logError(line: LogLine, error: unknown): void {
  const cause = rootCause(error);
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  console.error(JSON.stringify({ level: "error", ...line, reason }));
}

/** drizzle wraps a failed query in an error that quotes its parameters, which no log and no table may hold. */
export function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootCause(error.cause) : error;
}
