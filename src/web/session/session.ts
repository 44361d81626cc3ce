/** Who this tab is: signed in as a demo person. Known without a network from the second time on. */
import { createClient, devLogin, type StudyMateClient, storedTokens, type TokenAnswer } from "../../client/index.ts";
import { DEMO_PEOPLE, type DemoPerson } from "../../local/people.ts";
import { Drafts } from "../rooms/drafts.ts";

export interface Session {
  readonly person: DemoPerson;
  readonly userId: number;
  readonly client: StudyMateClient;
  readonly drafts: Drafts;
}

const server = { baseUrl: location.origin };

export function demoPerson(key: string | null): DemoPerson | undefined {
  return DEMO_PEOPLE.find((person) => person.key === key);
}

export async function openSession(person: DemoPerson): Promise<Session> {
  let userId: number | undefined;
  const tokens = storedTokens({
    ...server,
    key: `studymate.tokens.${person.key}`,
    signIn: async () => {
      const answer = await signIn(person);
      // The server was emptied since, and the person has another id: nothing that is open here is theirs.
      if (userId !== undefined && answer.user.id !== userId) location.reload();
      return answer;
    },
  });
  userId = (await tokens.current()).user.id;
  const client = createClient({ ...server, token: tokens, userId });
  return { person, userId, client, drafts: new Drafts(person.key, localStorage) };
}

/** The demo has no directory: whoever signs in once has an id. */
export async function idOf(person: DemoPerson): Promise<number> {
  return (await signIn(person)).user.id;
}

function signIn({ email, englishName, birthDate }: DemoPerson): Promise<TokenAnswer> {
  return devLogin(server, { email, englishName, birthDate });
}

/** What the demo knows of a participant beside the name; undefined for everybody else. */
export function demoPersonNamed(name: string): DemoPerson | undefined {
  return DEMO_PEOPLE.find(({ englishName }) => englishName === name);
}
