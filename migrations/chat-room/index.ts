/** Append-only: an object applies to itself what it lacks. Never change or reorder what was released. */
import room from "./0001_room.sql";
import blocks from "./0002_blocks.sql";
import toldInboxes from "./0003_told_inboxes.sql";

export const CHAT_ROOM_MIGRATIONS = [
  { id: 1, name: "room", sql: room },
  { id: 2, name: "blocks", sql: blocks },
  { id: 3, name: "told_inboxes", sql: toldInboxes },
] as const;
