-- One learning session: who is asked, who is in the call, whose language it is, who talked, what was recorded.
-- Times are epoch milliseconds. `rev` numbers the changes that D1 is to have; the state of the call has none.

CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  rev INTEGER NOT NULL DEFAULT 0,
  -- 1: D1 has what was lost here. Nothing is written there before an operator has decided.
  is_flush_held INTEGER NOT NULL DEFAULT 0,
  session_type TEXT NOT NULL CHECK (session_type IN ('AUDIO_1V1', 'VIDEO_1V1', 'GROUP_VIDEO')),
  title TEXT,
  description TEXT,
  scheduled_start INTEGER NOT NULL,
  scheduled_end INTEGER NOT NULL CHECK (scheduled_end > scheduled_start),
  actual_start INTEGER,
  actual_end INTEGER,
  status TEXT NOT NULL DEFAULT 'SCHEDULED' CHECK (status IN ('SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED')),
  end_reason TEXT,
  primary_language TEXT NOT NULL,
  secondary_language TEXT,
  max_participants INTEGER NOT NULL,
  -- NULL: their account is gone.
  host_id INTEGER,
  series_id INTEGER,
  created_at INTEGER NOT NULL,
  -- JSON: minutes before the start of which there was a reminder, or was to be none.
  reminded TEXT NOT NULL DEFAULT '[]',
  -- 1: it is the secondary language's turn.
  is_switched INTEGER NOT NULL DEFAULT 0,
  -- When the turn changes by itself; NULL: not any more.
  switch_at INTEGER,
  -- JSON: who asked for the other language.
  language_asked_by TEXT NOT NULL DEFAULT '[]',
  is_warned INTEGER NOT NULL DEFAULT 0,
  -- Since when nobody is in the call, once there was somebody.
  empty_since INTEGER,
  -- Whose client records, or recorded last, and when.
  recorder_id INTEGER,
  recording_since INTEGER,
  recording_until INTEGER
);

CREATE TABLE participants (
  user_id INTEGER PRIMARY KEY,
  rev INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL,
  image_url TEXT,
  role TEXT NOT NULL CHECK (role IN ('HOST', 'PARTICIPANT')),
  invitation TEXT NOT NULL CHECK (invitation IN ('INVITED', 'CONFIRMED', 'WAITLISTED', 'DECLINED', 'REMOVED')),
  -- When they last answered or were asked: who waits longest comes first.
  invited_at INTEGER NOT NULL,
  first_joined_at INTEGER,
  left_at INTEGER,
  -- Of the times in the call that are over.
  participation_ms INTEGER NOT NULL DEFAULT 0,
  -- JSON: milliseconds talked, by language.
  talk TEXT NOT NULL DEFAULT '{}',
  attendance TEXT,
  rating INTEGER,
  feedback TEXT,
  generation INTEGER NOT NULL DEFAULT 0,
  -- Since when they are in the call; NULL: they are not.
  joined_since INTEGER,
  -- Since when they have no socket, while they are in the call.
  lost_since INTEGER,
  -- JSON: what they send.
  media TEXT NOT NULL DEFAULT '{"audio":false,"video":false,"screen":false}',
  -- 1: they agree to be recorded.
  has_consented INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE recordings (
  number INTEGER PRIMARY KEY,
  rev INTEGER NOT NULL DEFAULT 0,
  media_key TEXT NOT NULL,
  upload_id TEXT,
  file_size INTEGER,
  duration INTEGER,
  format TEXT NOT NULL,
  quality TEXT,
  is_available INTEGER NOT NULL DEFAULT 0,
  recorded_by_user_id INTEGER,
  expires_at INTEGER,
  created_at INTEGER NOT NULL,
  -- JSON: number, size and etag of each part that is there.
  parts TEXT NOT NULL DEFAULT '[]'
);

-- What was written in the call; emptied when it is over.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  content TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

-- What people are still to be told of.
CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  -- JSON: what their object is asked to tell.
  request TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- 1: tried for a day, and not any more.
  is_given_up INTEGER NOT NULL DEFAULT 0
);
