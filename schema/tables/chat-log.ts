/** Every message, archived or not: what readers read. A range of one room is a range of each table's key. */
import { sqliteView } from "drizzle-orm/sqlite-core";
import { messageColumns } from "./message-columns.ts";

/** `chat_messages UNION ALL chat_messages_archive`. */
export const chatLog = sqliteView("chat_log", messageColumns()).existing();
