-- Who blocked whom, of the people of this room. The Worker's `user_blocks` is the truth; a row goes when its block ends.

CREATE TABLE blocks (
  user_id INTEGER NOT NULL,
  other_id INTEGER NOT NULL,
  PRIMARY KEY (user_id, other_id)
) WITHOUT ROWID;
