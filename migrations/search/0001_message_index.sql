-- The search index of messages: their texts as the tokens of schema/search, of which nothing but the index is kept.
-- rowid = room_id << 32 | id. Columns as in schema/search/index-row.ts.
CREATE VIRTUAL TABLE message_index USING fts5(
  body, corrections, terms,
  content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);
--> statement-breakpoint
-- Where the flush of each object stands in this database: the tables of schema/tables/flush.ts.
CREATE TABLE flush_positions (
  object TEXT PRIMARY KEY NOT NULL,
  epoch INTEGER NOT NULL,
  id INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE flush_parked (
  object TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  reason TEXT NOT NULL,
  parked_at INTEGER NOT NULL,
  PRIMARY KEY (object, table_name, row_key)
) WITHOUT ROWID;
