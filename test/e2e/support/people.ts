/** People of a test with their tokens and rooms, by the API that everybody uses. */
import { createClient, devLogin, type StudyMateClient } from "../../../src/client/index.ts";

export interface Person {
  readonly id: number;
  readonly token: string;
  readonly client: StudyMateClient;
}

export async function signIn(
  baseUrl: string,
  name: string,
  email = `${name.toLowerCase()}@e2e.studymate.example`,
): Promise<Person> {
  const { accessToken, user } = await devLogin({ baseUrl }, { email, englishName: name });
  return { id: user.id, token: accessToken, client: createClient({ baseUrl, token: () => accessToken }) };
}

export async function makeRoom([maker, ...others]: readonly Person[], name?: string): Promise<number> {
  if (maker === undefined) throw new Error("A room needs people.");
  const participantIds = others.map(({ id }) => id);
  const room =
    name === undefined
      ? await maker.client.createRoom({ roomType: "DIRECT", participantIds })
      : await maker.client.createRoom({ roomType: "GROUP", name, participantIds });
  return room.id;
}
