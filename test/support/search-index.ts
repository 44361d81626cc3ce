/** The search index in an object's own database: the same SQLite as D1's, without a round trip. */
import { INDEX_COLUMNS, indexRow, type SearchableMessage } from "../../schema/search/index-row.ts";
import { parseQuery, type SearchFilters } from "../../schema/search/query.ts";

export interface SearchIndex {
  /** Messages are 1, 2, 3, … in the order they come. */
  add(message: Partial<SearchableMessage>): void;
  /** In SQL's own words; ids in order. Throws what SQLite throws. */
  match(expression: string): number[];
  /** What a person typed; nothing finds nothing. */
  find(typed: string, filters?: SearchFilters): number[];
  /** Where `find` finds nothing. */
  findAny(typed: string): number[];
}

export function createSearchIndex(sql: SqlStorage): SearchIndex {
  sql.exec(
    `CREATE VIRTUAL TABLE search USING fts5(${INDEX_COLUMNS.join(", ")}, content='', contentless_delete=1,
      tokenize='unicode61 remove_diacritics 2')`,
  );
  let added = 0;
  const match = (expression: string) =>
    sql
      .exec<{ id: number }>("SELECT rowid AS id FROM search WHERE search MATCH ? ORDER BY rowid", expression)
      .toArray()
      .map(({ id }) => id);
  return {
    match,
    add(message) {
      added += 1;
      const row = indexRow({ roomId: 1, senderId: 1, content: null, corrections: [], ...message });
      if (row === null) return;
      sql.exec(
        "INSERT INTO search (rowid, body, corrections, terms) VALUES (?, ?, ?, ?)",
        added,
        row.body,
        row.corrections,
        row.terms,
      );
    },
    find(typed, filters) {
      const query = parseQuery(typed, filters);
      return query.kind === "nothing" ? [] : match(query.match);
    },
    findAny(typed) {
      const query = parseQuery(typed);
      return query.kind === "nothing" || query.anyMatch === null ? [] : match(query.anyMatch);
    },
  };
}
