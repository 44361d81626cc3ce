/**
 * The search index's row of one message: the texts as tokens, and terms for who wrote it and where. `terms` is a column
 * of its own, and queries look for words in the other columns only: no text passes for a term.
 */
import { fold } from "./fold.ts";
import { tokensOf } from "./tokens.ts";

/** Columns of the index, in the order of its table. */
export const INDEX_COLUMNS = ["body", "corrections", "terms"] as const;
export const TEXT_COLUMNS = ["body", "corrections"] as const;

export interface SearchableMessage {
  readonly roomId: number;
  readonly senderId: number;
  readonly content: string | null;
  /** The corrected texts. */
  readonly corrections: readonly string[];
}

export type IndexRow = Readonly<Record<(typeof INDEX_COLUMNS)[number], string>>;

/** Stands between two texts of one column, so that no phrase matches the end of one and the start of the next. */
const BETWEEN_TEXTS = "\uf8f0";

export const senderTerm = (userId: number) => `u${userId}`;
export const roomTerm = (roomId: number) => `r${roomId}`;

/** Null where nothing can be found: a picture without words, a deleted message. */
export function indexRow({ roomId, senderId, content, corrections }: SearchableMessage): IndexRow | null {
  const body = content === null ? "" : tokenText(content);
  const corrected = corrections
    .map(tokenText)
    .filter((text) => text !== "")
    .join(` ${BETWEEN_TEXTS} `);
  if (body === "" && corrected === "") return null;
  return { body, corrections: corrected, terms: `${senderTerm(senderId)} ${roomTerm(roomId)}` };
}

function tokenText(text: string): string {
  return tokensOf(fold(text))
    .map((token) => token.text)
    .join(" ");
}
