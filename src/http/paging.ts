/** Cursors of lists: opaque to clients, a JSON array in base64url to us, checked like everything a client sends. */
import type { z } from "zod";

export function encodeCursor(position: readonly (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(position));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Null for a cursor that is not ours. */
export function decodeCursor<Schema extends z.ZodType>(cursor: string, position: Schema): z.output<Schema> | null {
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));
    const checked = position.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return checked.success ? checked.data : null;
  } catch {
    return null;
  }
}

/** Cuts the row that was read beyond `limit` to see whether there are more. */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
): { readonly items: readonly Row[]; readonly last: Row | null } {
  const items = rows.slice(0, limit);
  return { items, last: rows.length > limit ? (items.at(-1) ?? null) : null };
}
