/** `studymate/me`: a person's own connection. Who is there, how one's rooms stand, and what one is told of. */
export type { Notification } from "../../../schema/notifications.ts";
export type {
  ChosenStatus,
  InboxEntry,
  PartnerPresence,
  PresenceStatus,
} from "../../../schema/protocol/me/entities.ts";
export { connectMe, type Me, type SessionReminder } from "./me.ts";
export type { MeSnapshot } from "./me-state.ts";
