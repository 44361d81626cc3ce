/** The header in which D1 bookmarks come and go: what a read sees at least, and what it saw. */
export const BOOKMARK_HEADER = "x-d1-bookmark";

/** Four numbers in hexadecimal; of two bookmarks of one database, the later one is the greater as text. */
export const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/;
