/** What the build tells the service worker. */
export interface ShellFiles {
  /** Another one for every build that differs. */
  readonly version: string;
  /** Paths of everything that the page needs to open. */
  readonly files: readonly string[];
}
