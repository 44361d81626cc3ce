/** Who this tab is: signed in as a demo person, with the tokens in `sessionStorage`, so that two tabs can be two people. */
import {
  createClient,
  devLogin,
  refreshTokens,
  type StudyMateClient,
  StudyMateError,
  type TokenAnswer,
  type TokenNeed,
} from "../client/index.ts";
import { DEMO_PEOPLE, type DemoPerson } from "../local/people.ts";

export interface Session {
  readonly person: DemoPerson;
  readonly userId: number;
  readonly client: StudyMateClient;
}

const server = { baseUrl: location.origin };
const EARLY_MS = 60_000;

export function demoPerson(key: string | null): DemoPerson | undefined {
  return DEMO_PEOPLE.find((person) => person.key === key);
}

export async function openSession(person: DemoPerson): Promise<Session> {
  const tokens = new Tokens(person);
  const { user } = await tokens.ready();
  return { person, userId: user.id, client: createClient({ ...server, token: (need) => tokens.access(need) }) };
}

/** The demo has no directory: whoever signs in once has an id. */
export async function idOf(person: DemoPerson): Promise<number> {
  return (await signIn(person)).user.id;
}

function signIn({ email, englishName, birthDate }: DemoPerson): Promise<TokenAnswer> {
  return devLogin(server, { email, englishName, birthDate });
}

class Tokens {
  readonly #person: DemoPerson;
  readonly #key: string;
  /** One renewal at a time, whoever asks: a refresh token is good for one use. */
  #renewal: Promise<TokenAnswer> | undefined;

  constructor(person: DemoPerson) {
    this.#person = person;
    this.#key = `studymate.tokens.${person.key}`;
  }

  /** Always renewed at a start: the server may have been emptied since. */
  ready(): Promise<TokenAnswer> {
    return this.#renew();
  }

  async access(need: TokenNeed): Promise<string> {
    const stored = this.#stored();
    const isFresh = stored !== null && Date.parse(stored.expiresAt) - Date.now() > EARLY_MS;
    if (stored !== null && isFresh && need !== "refused") return stored.accessToken;
    return (await this.#renew()).accessToken;
  }

  #renew(): Promise<TokenAnswer> {
    this.#renewal ??= this.#renewed().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renewed(): Promise<TokenAnswer> {
    const answer = await this.#refreshed(this.#stored());
    sessionStorage.setItem(this.#key, JSON.stringify(answer));
    return answer;
  }

  async #refreshed(stored: TokenAnswer | null): Promise<TokenAnswer> {
    if (stored === null) return signIn(this.#person);
    try {
      return await refreshTokens(server, stored.refreshToken);
    } catch (error) {
      if (error instanceof StudyMateError && error.code === "network") throw error;
      return signIn(this.#person);
    }
  }

  #stored(): TokenAnswer | null {
    const text = sessionStorage.getItem(this.#key);
    return text === null ? null : (JSON.parse(text) as TokenAnswer); // written above
  }
}
