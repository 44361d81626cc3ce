/** What a change of oneself means. Pure. */
import type { UpdateMeRequest } from "../../schema/api/people.ts";

/** What was sent, by name: for the activity log, which holds no values. */
export function changedFields(change: UpdateMeRequest): string[] {
  return Object.entries(change)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .sort();
}
