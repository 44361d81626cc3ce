/** Keeps SQLite's own knowledge fresh: statistics of the main databases, fewer and larger pieces of the search index. */
import { z } from "zod";
import { messageDatabases, searchDatabase } from "../../objects/chat-room/database.ts";
import { defineJob } from "./job.ts";

/** Pages of the index that a step writes at most. */
const PAGES_PER_MERGE = 200;
/** What is left after so many steps is merged by the next run. */
const MAX_MERGES = 20;
/** SQLite's measure of a merge that found nothing to do. */
const CHANGES_OF_NOTHING = 2;

const progress = z.object({ merges: z.int().nullable() });

export const upkeep = defineJob<z.infer<typeof progress>>({
  name: "upkeep",
  schedule: "weekly",
  queriesPerStep: 2,
  progress,
  first: () => ({ merges: null }),

  async step(env, { merges }) {
    if (merges === null) {
      for (const database of new Set([env.DB, ...messageDatabases(env)]))
        await database.prepare("PRAGMA optimize").run();
      return { progress: { merges: 0 }, counts: { merges: 0 } };
    }
    const search = searchDatabase(env);
    if (search === null) return { progress: null, counts: {} };
    const { meta } = await search
      .prepare("INSERT INTO message_index (message_index, rank) VALUES ('merge', ?)")
      .bind(PAGES_PER_MERGE)
      .run();
    if (meta.changes < CHANGES_OF_NOTHING) return { progress: null, counts: {} };
    const done = merges + 1;
    return { progress: done < MAX_MERGES ? { merges: done } : null, counts: { merges: 1 } };
  },
});
