/**
 * Counts sessions that took place into the totals of each two who were in them, each session once: what is counted and that
 * it is are written in one transaction.
 */
import { z } from "zod";
import { defineJob } from "./job.ts";

/** A session that reaches D1 later than this is not counted. */
const LOOKED_BACK_MS = 7 * 24 * 60 * 60_000;
const SESSIONS_PER_STEP = 200;
/** So many sessions make two people regular partners. */
const REGULAR_FROM = 5;

const UNCOUNTED = `SELECT session.id FROM learning_sessions AS session
  WHERE session.status = 'COMPLETED' AND session.scheduled_start_time > ?1
    AND NOT EXISTS (SELECT 1 FROM counted_sessions AS counted WHERE counted.session_id = session.id)
  ORDER BY session.scheduled_start_time LIMIT ${SESSIONS_PER_STEP}`;

/** `?1`: their ids. Whoever was counted meanwhile is left out. */
const OF_THESE = `json_each(?1) AS asked JOIN learning_sessions AS session ON session.id = asked.value
  AND session.status = 'COMPLETED'
  AND NOT EXISTS (SELECT 1 FROM counted_sessions AS counted WHERE counted.session_id = session.id)`;

const ATTENDED = (name: string) =>
  `JOIN session_participants AS ${name} ON ${name}.session_id = session.id AND ${name}.attendance = 'ATTENDED'
   AND EXISTS (SELECT 1 FROM users WHERE users.id = ${name}.user_id AND users.is_active = 1)`;

const COUNT = `
  INSERT INTO user_partnerships (user_id_1, user_id_2, total_sessions, last_session_at, partnership_type)
  SELECT one.user_id, other.user_id, count(*), max(coalesce(session.actual_end_time, session.scheduled_end_time)),
    iif(count(*) >= ${REGULAR_FROM}, 'REGULAR', 'CASUAL')
  FROM ${OF_THESE} ${ATTENDED("one")} ${ATTENDED("other")} AND one.user_id < other.user_id
  GROUP BY one.user_id, other.user_id
  ON CONFLICT (user_id_1, user_id_2) DO UPDATE SET
    total_sessions = total_sessions + excluded.total_sessions,
    last_session_at = max(coalesce(last_session_at, 0), excluded.last_session_at),
    partnership_type = iif(total_sessions + excluded.total_sessions >= ${REGULAR_FROM}, 'REGULAR', partnership_type)`;

const MARK = `INSERT INTO counted_sessions (session_id) SELECT session.id FROM ${OF_THESE} WHERE true ON CONFLICT DO NOTHING`;

const progress = z.object({ since: z.int() });

export const countSessions = defineJob<z.infer<typeof progress>>({
  name: "count-sessions",
  schedule: "always",
  queriesPerStep: 3,
  progress,
  first: (startedAt) => ({ since: startedAt - LOOKED_BACK_MS }),

  async step({ DB }, { since }) {
    const { results } = await DB.prepare(UNCOUNTED).bind(since).all<{ id: number }>();
    if (results.length === 0) return { progress: null, counts: {} };
    const ids = JSON.stringify(results.map(({ id }) => id));
    const [, marked] = await DB.batch([DB.prepare(COUNT).bind(ids), DB.prepare(MARK).bind(ids)]);
    const goesOn = results.length === SESSIONS_PER_STEP;
    return { progress: goesOn ? { since } : null, counts: { sessions: marked?.meta.changes ?? 0 } };
  },
});
