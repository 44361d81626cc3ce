/**
 * Finds the links in a message. What is no plain http(s) address stays text: other schemes, addresses with a name or
 * password before the host (they pretend to be another site), and letters that only look like those of an address.
 */
export type TextPart = { readonly kind: "text" | "link"; readonly text: string };

/** ASCII only: a Korean particle right behind an address is not part of it. */
const ADDRESS = /(?<![\w@./])https?:\/\/(?=[\w[])[\w\-.~:/?#[\]@!$&'()*+,;=%]+/gi;
const TRAILING = /[.,;:!?'"*_~]$/;
const LONGEST = 2_000;

export function linkify(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTrailing(match[0]);
    if (!isSafeLink(address)) continue;
    if (match.index > from) parts.push({ kind: "text", text: text.slice(from, match.index) });
    parts.push({ kind: "link", text: address });
    from = match.index + address.length;
  }
  if (from < text.length) parts.push({ kind: "text", text: text.slice(from) });
  return parts;
}

/** Punctuation that ends the sentence, and a bracket that the address did not open. */
function withoutTrailing(address: string): string {
  let kept = address;
  for (;;) {
    const closes = (kept.endsWith(")") && !kept.includes("(")) || (kept.endsWith("]") && !kept.includes("["));
    if (!closes && !TRAILING.test(kept)) return kept;
    kept = kept.slice(0, -1);
  }
}

function isSafeLink(address: string): boolean {
  if (address.length > LONGEST || !URL.canParse(address)) return false;
  const { protocol, username, password, hostname } = new URL(address);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "" && hostname !== "";
}
