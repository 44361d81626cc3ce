/** Every operation of the HTTP API, by method and path. A test compares it with the routes of the app. */
import { ACCOUNT_OPERATIONS } from "./account-operations.ts";
import { ADMIN_OPERATIONS } from "./admin-operations.ts";
import { AUTH_OPERATIONS } from "./auth-operations.ts";
import { JOB_OPERATIONS } from "./job-operations.ts";
import { MEDIA_OPERATIONS } from "./media-operations.ts";
import { NOTIFICATION_OPERATIONS } from "./notification-operations.ts";
import { ONBOARDING_OPERATIONS } from "./onboarding-operations.ts";
import type { Method, Operation } from "./operation.ts";
import { PEOPLE_OPERATIONS } from "./people-operations.ts";
import { PRESENCE_OPERATIONS } from "./presence-operations.ts";
import { PUSH_OPERATIONS } from "./push-operations.ts";
import { RECORDING_OPERATIONS } from "./recording-operations.ts";
import { ROOM_OPERATIONS } from "./room-operations.ts";
import { SAFETY_OPERATIONS } from "./safety-operations.ts";
import { SEARCH_OPERATIONS } from "./search-operations.ts";
import { SESSION_OPERATIONS } from "./session-operations.ts";

export const OPERATIONS: Readonly<Record<`${Method} /${string}`, Operation>> = {
  ...AUTH_OPERATIONS,
  ...ROOM_OPERATIONS,
  ...PRESENCE_OPERATIONS,
  ...SESSION_OPERATIONS,
  ...RECORDING_OPERATIONS,
  ...SEARCH_OPERATIONS,
  ...MEDIA_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...ONBOARDING_OPERATIONS,
  ...SAFETY_OPERATIONS,
  ...NOTIFICATION_OPERATIONS,
  ...PUSH_OPERATIONS,
  ...ADMIN_OPERATIONS,
  ...JOB_OPERATIONS,
};
