/** Composition root: what wrangler deploys. */
export { ChatRoom } from "../objects/chat-room/chat-room.ts";
export { LearningSession } from "../objects/learning-session/learning-session.ts";
export { UserPresence } from "../objects/user-presence/user-presence.ts";

import { app } from "./app.ts";
import { runDueJobs } from "./jobs/due-jobs.ts";
import { consumePushes } from "./push/consumer.ts";

export default {
  fetch: app.fetch,
  scheduled: (_, env) => runDueJobs(env),
  queue: consumePushes,
} satisfies ExportedHandler<Env>;
