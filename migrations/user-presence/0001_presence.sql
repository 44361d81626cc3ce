-- One person: what they show, and how their rooms stand. Rooms are the truth of the inbox; each tells of itself.
-- Times are epoch milliseconds.

CREATE TABLE me (
  user_id INTEGER PRIMARY KEY,
  chosen_status TEXT NOT NULL DEFAULT 'online' CHECK (chosen_status IN ('online', 'away', 'busy')),
  -- What others were told last, and when.
  told_status TEXT NOT NULL DEFAULT 'offline' CHECK (told_status IN ('online', 'away', 'busy', 'offline')),
  told_at INTEGER NOT NULL DEFAULT 0,
  -- Everybody who is to know has heard of what was told then.
  heard_at INTEGER NOT NULL DEFAULT 0,
  -- When the last socket ended; NULL while there is one, and before the first.
  last_seen INTEGER,
  -- JSON: the partners who were there then, and are to hear of it. NULL: not known, any may have been.
  seen_partners TEXT,
  cached_at INTEGER NOT NULL DEFAULT 0,
  -- 1 once the rooms from before this object are in its inbox.
  is_filled INTEGER NOT NULL DEFAULT 0,
  -- 1: the account is gone. The row stays, so that nothing is kept of what rooms tell later.
  is_erased INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE inbox (
  room_id INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  last_message_id INTEGER NOT NULL,
  last_read_message_id INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  -- 0: no longer this person's. The row stays, so that an earlier state that comes late is known as such.
  is_active INTEGER NOT NULL,
  partner_id INTEGER,
  room TEXT NOT NULL,
  last_message TEXT
);
