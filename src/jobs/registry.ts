/** All jobs there are. A name is the key of a job's row: it never changes. */
import { archiveMessages } from "./archive-messages.ts";
import { compareBookings } from "./compare-bookings.ts";
import { countSessions } from "./count-sessions.ts";
import { deleteAccounts } from "./delete-accounts.ts";
import { expireRecordings } from "./expire-recordings.ts";
import { fanOuts } from "./fan-outs.ts";
import type { Job } from "./job.ts";
import { makeSessions } from "./make-sessions.ts";
import { owedNotifications } from "./owed-notifications.ts";
import { rebuildSearch } from "./rebuild-search.ts";
import { sweepKeys } from "./sweep-keys.ts";
import { sweepMedia } from "./sweep-media.ts";
import { sweepSignIns } from "./sweep-sign-ins.ts";
import { tidyActivity } from "./tidy-activity.ts";
import { upkeep } from "./upkeep.ts";

export const JOBS: readonly Job[] = [
  archiveMessages,
  compareBookings,
  countSessions,
  deleteAccounts,
  expireRecordings,
  fanOuts,
  makeSessions,
  owedNotifications,
  rebuildSearch,
  tidyActivity,
  sweepKeys,
  sweepMedia,
  sweepSignIns,
  upkeep,
];

export function jobNamed(name: string): Job | undefined {
  return JOBS.find((job) => job.name === name);
}
