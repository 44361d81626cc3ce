/** Where a browser may be sent back to after a sign-in: pages of ours, and of allowed origins. Pure. */

/** What browsers take for something else than it looks like: `\` for `/`, and tabs and line breaks for nothing. */
const TREACHEROUS = /[\\\p{Cc}\s]/u;

/** The whole address, or null for one that is not allowed. `isAllowed` judges its origin. */
export function returnAddress(
  returnTo: string,
  ownOrigin: string,
  isAllowed: (origin: string) => boolean,
): string | null {
  if (TREACHEROUS.test(returnTo) || returnTo.includes("#")) return null;
  const isPath = returnTo.startsWith("/") && !returnTo.startsWith("//");
  if (!isPath && !/^https?:\/\//i.test(returnTo)) return null;
  if (!URL.canParse(returnTo, ownOrigin)) return null;
  const url = new URL(returnTo, ownOrigin);
  const isPlain = url.username === "" && url.password === "";
  return isPlain && (url.origin === ownOrigin || isAllowed(url.origin)) ? url.href : null;
}
