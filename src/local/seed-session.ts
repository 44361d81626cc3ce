/** One session to come, between the two whom most people are first: Emily invites Minji. */
import type { SessionAnswer, SessionList } from "../../schema/api/sessions.ts";
import { type Cast, member } from "./seed-room.ts";

const TITLE = "Weekend plans · 주말 계획";
const DESCRIPTION =
  "Half an hour in English, half an hour in Korean. What are you doing this weekend?\n" +
  "주말에 뭐 할지 영어로 반, 한국어로 반 이야기해 봐요.";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Evening in Seoul, morning in New York. */
const HOUR_UTC = 12;

/** Returns how many it planned: 0 where one is to come, or was called off by people. */
export async function seedSession(cast: Cast, now: number): Promise<number> {
  const [emily, minji] = [member(cast, "emily"), member(cast, "minji")];
  const { items } = await emily.client.request<SessionList>({
    path: "/v1/sessions",
    query: { from: new Date(now).toISOString() },
  });
  if (items.some(({ title }) => title === TITLE)) return 0;
  // The day after tomorrow: more than a day ahead, so that nobody is reminded at once.
  const start = Math.floor(now / DAY_MS + 2) * DAY_MS + HOUR_UTC * HOUR_MS;
  await emily.client.request<SessionAnswer>({
    method: "POST",
    path: "/v1/sessions",
    body: {
      ...{ sessionType: "VIDEO_1V1", title: TITLE, description: DESCRIPTION, inviteeIds: [minji.id] },
      ...{ scheduledStartTime: new Date(start), scheduledEndTime: new Date(start + HOUR_MS) },
      ...{ primaryLanguage: "en", secondaryLanguage: "ko" },
    },
  });
  return 1;
}
