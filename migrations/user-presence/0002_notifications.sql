-- What one was notified of: numbered 1, 2, 3 …; a change takes the next rev. D1 has all of them, here are the latest 500.
-- Times are epoch milliseconds.

CREATE TABLE notifications (
  id INTEGER PRIMARY KEY,
  -- Of the latest change; 0: never changed.
  rev INTEGER NOT NULL,
  type TEXT NOT NULL,
  title TEXT NOT NULL,
  message TEXT NOT NULL,
  data TEXT NOT NULL,
  -- Whose name is in it, if anybody's: it goes with their account.
  about_user_id INTEGER,
  read_at INTEGER,
  priority TEXT NOT NULL,
  expires_at INTEGER,
  created_at INTEGER NOT NULL,
  -- Another one with the key of an unread one takes its place.
  collapse_key TEXT,
  -- 1: still to be given to the queue.
  is_to_push INTEGER NOT NULL
);

-- What there was a notification of, for ever: told again, it makes none. Of messages the inbox knows it.
CREATE TABLE notification_causes (cause TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE notification_history (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  epoch INTEGER NOT NULL,
  -- 1: D1 has what was lost here. Nothing is written there before an operator has decided.
  is_flush_held INTEGER NOT NULL DEFAULT 0,
  -- The last number and rev when the last row was removed: they are not given again.
  last_id INTEGER NOT NULL DEFAULT 0,
  last_rev INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE notification_settings (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  -- JSON, as chosen; NULL: nothing was.
  settings TEXT,
  -- What D1 says of the person, and when it was asked.
  native_language TEXT,
  time_zone TEXT,
  asked_at INTEGER NOT NULL DEFAULT 0
);

-- Of messages up to this one there was a notification, or none was wanted.
ALTER TABLE inbox ADD COLUMN notified_id INTEGER NOT NULL DEFAULT 0;
-- When to look whether messages past that are still unread, of whom has the room open.
ALTER TABLE inbox ADD COLUMN notice_at INTEGER;
-- JSON: the latest of those.
ALTER TABLE inbox ADD COLUMN notice_of TEXT;
