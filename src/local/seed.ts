/**
 * Fills an empty server with the demo, over the public API and sockets alone. Safe to run again at any time: what is
 * there is not sent again, and a room that is complete is not touched, whatever people did in it since.
 */
import type { MeAnswer } from "../../schema/api/people.ts";
import { createClient, devLogin, type StudyMateClient, StudyMateError } from "../client/index.ts";
import { DIALOGUES } from "./dialogues/index.ts";
import { DEMO_PEOPLE, type DemoKey } from "./people.ts";
import { seedProfile } from "./seed-profile.ts";
import { member, seedRoom } from "./seed-room.ts";
import { seedSession } from "./seed-session.ts";

export interface SeedOptions {
  readonly baseUrl: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export async function seedDemo({ baseUrl, signal, say }: SeedOptions): Promise<void> {
  const cast = new Map(await Promise.all(DEMO_PEOPLE.map((person) => signIn(baseUrl, person))));
  const clients = [...cast.values()].map(({ client }) => client);
  const closeAll = () => {
    for (const client of clients) client.close();
  };
  signal.addEventListener("abort", closeAll, { once: true });
  try {
    const profiles = DEMO_PEOPLE.map((person) => seedProfile(member(cast, person.key).client, person));
    await Promise.all(profiles);
    const sent = await Promise.all(
      DIALOGUES.map((dialogue) => unlessRefused(`room "${dialogue.key}"`, say, () => seedRoom(dialogue, cast, signal))),
    );
    const total = sent.reduce((sum, count) => sum + count, 0);
    await unlessRefused("session", say, () => seedSession(cast, Date.now()));
    // Nobody's device: each start would leave one more in their lists.
    await Promise.all([...cast.values()].map(({ accessToken }) => logOut(baseUrl, accessToken)));
    if (total > 0) say(`Seeded the demo: ${cast.size} people, ${DIALOGUES.length} rooms, ${total} messages.`);
  } finally {
    signal.removeEventListener("abort", closeAll);
    closeAll();
    signal.throwIfAborted();
  }
}

async function signIn(
  baseUrl: string,
  { key, email, englishName, birthDate, teaches }: (typeof DEMO_PEOPLE)[number],
): Promise<[DemoKey, { id: number; client: StudyMateClient; accessToken: string }]> {
  const { accessToken, user } = await devLogin({ baseUrl }, { email, englishName, birthDate });
  const client = createClient({ baseUrl, token: () => accessToken });
  await introduce(client, teaches);
  return [key, { id: user.id, client, accessToken }];
}

/** With the two languages of the demo; in the first one their notifications are written. */
async function introduce(client: StudyMateClient, teaches: "ko" | "en"): Promise<void> {
  const { languages: known } = await client.request<MeAnswer>({ path: "/v1/me" });
  if (known.length > 0) return;
  const languages = [
    { languageCode: teaches, languageType: "NATIVE" },
    { languageCode: teaches, languageType: "TEACHING" },
    { languageCode: teaches === "ko" ? "en" : "ko", languageType: "LEARNING", proficiencyLevel: "B1" },
  ].map((language) => ({ ...language, isPrimary: true }));
  await client.request({ method: "PUT", path: "/v1/me/languages", body: { languages } });
}

async function logOut(baseUrl: string, accessToken: string): Promise<void> {
  const headers = { authorization: `Bearer ${accessToken}` };
  await fetch(`${baseUrl}/v1/auth/logout`, { method: "POST", headers });
}

/** Somebody may have left a demo room, or deleted what a line replies to: that is theirs to decide. */
async function unlessRefused(name: string, say: SeedOptions["say"], seed: () => Promise<number>): Promise<number> {
  try {
    return await seed();
  } catch (error) {
    if (!(error instanceof StudyMateError) || error.retryable || error.code === "closed") throw error;
    say(`The demo's ${name} stays as it is (${error.code}).`);
    return 0;
  }
}
