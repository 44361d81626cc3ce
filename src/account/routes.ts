/** What people may ask of all that is kept about them: `/v1/me/export`, and `DELETE /v1/me`. */
import { type Context, Hono } from "hono";
import { messageDatabase } from "../../objects/chat-room/database.ts";
import { logError } from "../../objects/kernel/log.ts";
import { presenceObject } from "../../schema/addresses.ts";
import { afterEnding, type EndedDevice, endAllDevices } from "../devices/ending.ts";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { refuseWith } from "../http/problems.ts";
import { rarely } from "../http/rates.ts";
import { exportLines } from "./export.ts";

export const account = new Hono<HttpEnv>();
account.use("/", authenticated);
account.use("/export", authenticated);

account.get("/export", rarely("export"), async (c) => {
  const { userId } = c.var.caller;
  const databases = {
    people: c.env.DB,
    messagesOf: (roomId: number) => messageDatabase(c.env, roomId),
    notificationSettings: () => presenceObject(c.env, userId).notificationSettings(),
  };
  const lines = exportLines(databases, userId);
  // What fails before there is an answer is refused like everything else.
  const first = await lines.next();
  return new Response(ndjson(c, first, lines), {
    headers: {
      "content-type": "application/x-ndjson",
      "content-disposition": `attachment; filename="studymate-${userId}.ndjson"`,
      "cache-control": "no-store",
    },
  });
});

// From this answer on the account is closed; what it leaves behind is removed by a job (`delete-accounts`).
account.delete("/", async (c) => {
  const { userId } = c.var.caller;
  const database = c.env.DB;
  const results = await database.batch<EndedDevice>([
    ...endAllDevices(database, userId),
    database
      .prepare(
        "UPDATE users SET is_active = 0, deleted_at = coalesce(deleted_at, ?2) WHERE id = ?1 AND banned_at IS NULL",
      )
      .bind(userId, Date.now()),
  ]);
  // Who is banned would be somebody new after it, and what was reported of them gone.
  if (results.at(-1)?.meta.changes === 0) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
  const deviceIds = (results[0]?.results ?? []).map(({ deviceId }) => deviceId);
  // The caller's own device is one of them, also where it has no row.
  await afterEnding(c, userId, [...new Set([...deviceIds, c.var.caller.deviceId])]);
  return c.body(null, 202);
});

type Line = Readonly<Record<string, unknown>>;

const CHUNK_CHARACTERS = 65_536;

/** A failure in the middle ends the stream with an error: half an export must not look like a whole one. */
function ndjson(
  c: Context<HttpEnv>,
  first: IteratorResult<Line>,
  lines: AsyncGenerator<Line>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let coming: IteratorResult<Line> | undefined = first;
  return new ReadableStream({
    async pull(controller) {
      try {
        let text = "";
        let isDone = false;
        while (!isDone && text.length < CHUNK_CHARACTERS) {
          const { value, done } = coming ?? (await lines.next());
          coming = undefined;
          if (done) isDone = true;
          else text += `${JSON.stringify(value)}\n`;
        }
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (isDone) controller.close();
      } catch (error) {
        logError({ event: "account.export-failed", requestId: c.var.requestId }, error);
        controller.error(new Error("the export failed"));
      }
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}
