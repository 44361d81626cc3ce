/** Web Locks, where the runtime has them: secure pages, workers and Node; a page over http on a LAN address has none. */
export interface Locks {
  request<Answer>(name: string, callback: () => Promise<Answer>): Promise<Answer>;
  request<Answer>(name: string, options: LockOptions, callback: () => Promise<Answer>): Promise<Answer>;
  query(): Promise<{ held?: readonly { name?: string }[] }>;
}

interface LockOptions {
  readonly mode?: "exclusive" | "shared";
  readonly signal: AbortSignal;
}

export function webLocks(): Locks | undefined {
  // Looked for by name: the types of Node and Workers have no locks.
  return (globalThis as { navigator?: { locks?: Locks } }).navigator?.locks;
}

/** Runs alone among all tabs; among this tab's own alone is up to the caller. */
export function withLock<Answer>(name: string, task: () => Promise<Answer>): Promise<Answer> {
  let running: Promise<Answer> | undefined;
  const begin = () => {
    running ??= task();
    return running;
  };
  // An opaque origin may not lock: then it goes without, as where there are none.
  return webLocks()?.request(name, begin).catch(begin) ?? begin();
}
