-- How far the inboxes of the room's people were told: a state of the room, as the position of a flush is. No row: nobody was.
CREATE TABLE told_inboxes (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  epoch INTEGER NOT NULL,
  id INTEGER NOT NULL,
  rev INTEGER NOT NULL
);

-- Whose inbox is to be told of what took no rev: a quiet read marker, a block.
CREATE TABLE untold_inboxes (user_id INTEGER PRIMARY KEY);
