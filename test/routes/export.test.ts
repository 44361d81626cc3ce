/** What an export holds, table by table and column by column, and how it is read. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { exportLines } from "../../src/account/export.ts";
import { enter, groupOf, type SignedIn, say, signIn } from "../support/http.ts";
import { uploaded } from "../support/media.ts";
import { PNG } from "../support/pictures.ts";
import { presenceStub } from "../support/presence.ts";
import { planOf, type RecordedRead, recordedDatabase } from "../support/recorded.ts";
import { roomStub } from "../support/rooms.ts";

type Line = Readonly<Record<string, unknown>>;

async function exported({ user }: SignedIn, reads: RecordedRead[] = []): Promise<Line[]> {
  const database = recordedDatabase(reads).withSession("first-primary");
  const lines: Line[] = [];
  const databases = {
    people: database,
    messagesOf: () => database,
    notificationSettings: () => presenceStub(user.id).notificationSettings(),
  };
  for await (const line of exportLines(databases, user.id)) lines.push(line);
  return lines;
}

/** Every table that names people, and the lines that it becomes; or why it becomes none. */
const TABLES: Readonly<Record<string, string | { readonly left: string }>> = {
  users: "user",
  user_languages: "language",
  user_interests: "interest",
  onboarding_progress: "onboarding",
  onboarding_step_data: "onboardingStep",
  matching_preferences: "matchingPreferences",
  user_sessions: "device",
  refresh_tokens: { left: "hashes of secrets" },
  push_subscriptions: "pushSubscription",
  notifications: "notification",
  owed_notifications: { left: "what people have still to hear of, for seconds" },
  user_blocks: "block",
  reports: "report",
  user_activity_logs: "activity",
  user_activity_logs_archive: "activity",
  media_files: "media",
  chat_rooms: "room",
  chat_participants: "room",
  chat_messages: "message",
  chat_messages_archive: "message",
  fan_outs: { left: "what rooms and sessions have still to hear of, for seconds" },
  learning_sessions: "learningSession",
  session_participants: "learningSession",
  session_bookings: "sessionBooking",
  session_recordings: "sessionRecording",
  user_partnerships: "partnership",
  calendar_feeds: "calendarFeed",
};

const NAMES_PEOPLE = /[`"](?:\w*user_id(?:_[12])?|owner_id|sender_id|reporter_id)[`"]/;

test("every table that names people is in the export, or is left out for a reason", async () => {
  const { results } = await env.DB.prepare(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string; sql: string }>();
  const named = results.filter(({ name, sql }) => name === "users" || NAMES_PEOPLE.test(sql)).map(({ name }) => name);
  expect(named.sort()).toEqual(Object.keys(TABLES).sort());
});

test("the row of the person is in it with every column that is not the service's own", async () => {
  const [user] = await exported(await signIn());
  const { results } = await env.DB.prepare("SELECT name FROM pragma_table_info('users')").all<{ name: string }>();
  const names = results.map(({ name }) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
  const left = ["isActive", "erasedAt"];
  expect(Object.keys(user ?? {}).sort()).toEqual(["type", ...names.filter((name) => !left.includes(name))].sort());
});

test("files are in it with all that was found in them, and so are the messages that show them", async () => {
  const minji = await signIn("Minji");
  const room = await groupOf([minji, await signIn("Daniel")]);
  const files = [];
  for (let count = 0; count < 3; count += 1) files.push(await uploaded(minji, PNG, { roomId: room.id }));
  const socket = await enter(room.id, minji);
  const message = { type: "message.send", clientId: "c1", messageType: "IMAGE", fileUrl: files[0]?.url };
  expect(await socket.request(message)).toMatchObject({ type: "ack" });
  await say(socket, "바다에서");
  await roomStub(room.id).flush();
  socket.close();

  const lines = await exported(minji);
  const media = lines.filter(({ type }) => type === "media");
  expect(media.map(({ key }) => key)).toEqual(files.map(({ key }) => key).sort());
  expect(media[0]).toMatchObject({ contentType: "image/png", details: '{"width":6,"height":4}' });
  expect(lines.find(({ messageType }) => messageType === "IMAGE")).toMatchObject({
    type: "message",
    fileMetadata: expect.stringContaining('"width":6'),
  });
});

test("no table is read from end to end for it", async () => {
  const reads: RecordedRead[] = [];
  const minji = await signIn();
  await groupOf([minji, await signIn()]);
  await exported(minji, reads);
  for (const read of reads) {
    const plan = await planOf(read);
    expect(
      plan.filter((step) => /^SCAN (?!.* VIRTUAL TABLE)/.test(step) || step.includes("PRIMARY KEY (rowid>?)")),
    ).toEqual([]);
  }
});

test("D1 is asked once for a thousand messages of theirs in a room, however much others have said there", async () => {
  const [minji, daniel] = [await signIn("Minji"), await signIn("Daniel")];
  const room = await groupOf([daniel, minji]);
  // Every 20th is hers, and every 50th of the others she liked.
  await env.DB.prepare(
    `INSERT INTO chat_messages (room_id, id, sender_id, content, created_at, epoch, reactions)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24000)
     SELECT ?1, i, iif(i % 20 = 0, ?2, ?3), 'message ' || i, i, 1,
       iif(i % 50 = 1, json_array(json_object('emoji', '👍', 'userIds', json_array(?2, ?3))), '[]') FROM n`,
  )
    .bind(room.id, minji.user.id, daniel.user.id)
    .run();
  const reads: RecordedRead[] = [];
  const lines = await exported(minji, reads);
  expect(lines.filter(({ type }) => type === "message")).toHaveLength(1_200);
  expect(lines.filter(({ type }) => type === "reaction")).toHaveLength(480);
  const ofMessages = reads.filter(({ query }) => query.includes("chat_log"));
  expect(ofMessages.map(({ rowsReturned }) => rowsReturned)).toEqual([1_000, 680]);
  // Each row of the room is looked at once, not again with each page.
  expect(ofMessages.reduce((sum, { rowsRead }) => sum + rowsRead, 0)).toBeLessThan(30_000);
});
