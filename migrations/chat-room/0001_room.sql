-- One room: itself, who takes part, what was said. Nothing is ever removed from these tables: leaving, deleting and
-- taking a reaction back are changed rows. Times are epoch milliseconds.

CREATE TABLE room (
  id INTEGER PRIMARY KEY,
  room_type TEXT NOT NULL CHECK (room_type IN ('DIRECT', 'GROUP')),
  name TEXT,
  description TEXT,
  created_by_user_id INTEGER,
  is_active INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  -- 1 from when a database was found ahead of this room, until its epoch is renewed.
  is_flush_held INTEGER NOT NULL DEFAULT 0,
  rev INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE participants (
  user_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  image_url TEXT,
  role TEXT NOT NULL CHECK (role IN ('ADMIN', 'MEMBER')),
  joined_at INTEGER NOT NULL,
  last_read_message_id INTEGER NOT NULL DEFAULT 0,
  is_active INTEGER NOT NULL DEFAULT 1,
  rev INTEGER NOT NULL DEFAULT 0,
  -- 1 while a read marker that took no rev waits for the flush.
  is_dirty INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  sender_id INTEGER NOT NULL,
  message_type TEXT NOT NULL,
  content TEXT,
  file_url TEXT,
  file_metadata TEXT,
  reply_to_id INTEGER,
  client_id TEXT,
  -- Of the body first sent: the same clientId with another body is a conflict, even after an edit.
  body_hash TEXT NOT NULL,
  is_edited INTEGER NOT NULL DEFAULT 0,
  edited_at INTEGER,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  reactions TEXT NOT NULL DEFAULT '[]',
  corrections TEXT NOT NULL DEFAULT '[]',
  rev INTEGER NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX messages_client ON messages (sender_id, client_id) WHERE client_id IS NOT NULL;

-- Changed rows only: a fresh message costs no entry here.
CREATE INDEX messages_changed ON messages (rev) WHERE rev > 0;
