/** Who this tab is: a person of the demo, or who signed in here. Known without a network from the second time on. */
import {
  createClient,
  devLogin,
  type StoredTokens,
  type StudyMateClient,
  StudyMateError,
  storedTokens,
  type TokenAnswer,
} from "../../client/index.ts";
import { connectMe, type Me } from "../../client/me/index.ts";
import { DEMO_PEOPLE, type DemoPerson } from "../../local/people.ts";
import { forgetPushChoice } from "../push/push-choice.ts";
import { Drafts } from "../rooms/drafts.ts";
import { OwnPerson } from "./own-person.ts";

/** Why nobody is signed in any more. `ended`: from elsewhere, or it was not used for long. */
export type Farewell = "signedOut" | "ended" | "deleted";

export interface Session {
  readonly userId: number;
  readonly you: OwnPerson;
  /** Of the demo: signed in again by itself. */
  readonly demo: DemoPerson | undefined;
  readonly client: StudyMateClient;
  readonly me: Me;
  readonly drafts: Drafts;
  /** Ends the device. What it keeps of this person is removed, in all tabs. */
  signOut(farewell?: Farewell): void;
  /** Calls back once: nobody is signed in any more, and nothing of them is left here. */
  onEnd(listener: (farewell: Farewell) => void): void;
}

const server = { baseUrl: location.origin };
/** Where the tokens are of who signed in with a provider. */
export const OWN_TOKENS = "studymate.tokens";

export function demoPerson(key: string | null): DemoPerson | undefined {
  return DEMO_PEOPLE.find((person) => person.key === key);
}

export async function openDemoSession(demo: DemoPerson): Promise<Session> {
  let userId: number | undefined;
  const tokens = storedTokens({
    ...server,
    key: `${OWN_TOKENS}.${demo.key}`,
    signIn: async () => {
      const answer = await signIn(demo);
      // The server was emptied since, and the person has another id: nothing that is open here is theirs.
      if (userId !== undefined && answer.user.id !== userId) location.reload();
      return answer;
    },
  });
  const { user } = await tokens.current();
  userId = user.id;
  const you = new OwnPerson({ ...user, koreanName: demo.koreanName });
  return newSession({ tokens, userId, you, demo, draftsKey: demo.key });
}

/** The session of who signed in here, or of who does so now. Rejects with `unauthorized` where nobody has. */
export async function openOwnSession(fresh?: TokenAnswer): Promise<Session> {
  let given = fresh;
  let refused = () => {};
  const tokens = storedTokens({
    ...server,
    key: OWN_TOKENS,
    signIn: () => {
      const answer = given;
      given = undefined;
      if (answer !== undefined) return answer;
      refused();
      throw new StudyMateError("unauthorized", "Nobody is signed in.");
    },
  });
  let { user } = await tokens.current();
  if (fresh !== undefined && user.id !== fresh.user.id) {
    // Another person was signed in here: their session ends, in all tabs.
    tokens.signOut();
    user = (await tokens.current()).user;
  }
  given = undefined;
  return newSession({
    ...{ tokens, userId: user.id, you: new OwnPerson(user), demo: undefined, draftsKey: String(user.id) },
    onLost: (listener) => {
      refused = () => listener("ended");
      // The word of another tab's sign-out may be here before its storage is.
      addEventListener("storage", ({ key, newValue }: StorageEvent) => {
        if (key === OWN_TOKENS && newValue === null) listener("signedOut");
      });
    },
  });
}

interface SessionParts {
  readonly tokens: StoredTokens;
  readonly userId: number;
  readonly you: OwnPerson;
  readonly demo: DemoPerson | undefined;
  readonly draftsKey: string;
  /** Calls back when the tokens are gone without a sign-out here. */
  readonly onLost?: (listener: (farewell: Farewell) => void) => void;
}

function newSession({ tokens, userId, you, demo, draftsKey, onLost }: SessionParts): Session {
  const client = createClient({ ...server, token: tokens, userId });
  const me = connectMe(client);
  const drafts = new Drafts(draftsKey, localStorage);
  let isOver = false;
  let ending: Farewell | undefined;
  let said: Farewell = "signedOut";
  return {
    ...{ userId, you, demo, client, me, drafts },
    signOut: (farewell = "signedOut") => {
      said = farewell;
      tokens.signOut();
    },
    onEnd: (listener) => {
      const end = async (farewell: Farewell) => {
        // Another tab's sign-out takes the tokens away a moment before it is told of.
        ending = ending === undefined || ending === "ended" ? farewell : ending;
        if (isOver) return;
        isOver = true;
        // Whoever uses this browser next is to find nothing.
        drafts.forget();
        forgetPushChoice(userId);
        me.close();
        await client.forget();
        listener(ending);
      };
      tokens.onSignOut(() => void end(said));
      onLost?.((farewell) => void end(farewell));
    },
  };
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
