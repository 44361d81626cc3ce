/**
 * Tokens for applications that have no provider of their own: kept on the device, renewed before they end, by one tab at
 * a time. A refresh token is forgotten only when the server has refused it; a lost network proves nothing against it.
 */
import type { TokenAnswer } from "../../schema/api/auth.ts";
import { backoffMs } from "./backoff.ts";
import { StudyMateError } from "./errors.ts";
import { type HttpOptions, logOut, refreshTokens } from "./http.ts";
import { Listeners } from "./listeners.ts";
import { type Channel, openChannel } from "./storage/channels.ts";
import { withLock } from "./storage/locks.ts";
import type { TokenNeed } from "./tokens.ts";

export interface StoredTokensOptions extends HttpOptions {
  /** `localStorage` unless given, memory where there is none. `sessionStorage` makes each tab a person of its own. */
  readonly storage?: TokenStorage;
  /** Where in it; `studymate.tokens` if absent. */
  readonly key?: string;
  /** Asked when there are no tokens, or the server has refused them: show your sign-in, or call `devLogin`. */
  readonly signIn: () => Promise<TokenAnswer> | TokenAnswer;
}

/** The part of `localStorage` that is used. */
export interface TokenStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A token provider, to be given to `createClient`, and what an application asks it beside. */
export interface StoredTokens {
  (need: TokenNeed): Promise<string>;
  /** The tokens and the person they are of; signs in if there are none, also after `signOut`. */
  current(): Promise<TokenAnswer>;
  /**
   * Forgets the tokens, here and in the other tabs that share them: each call is then rejected with `unauthorized` until
   * `current()`. The server ends the device if it can be reached.
   */
  signOut(): void;
  /** Calls back when this or another tab signed out: the moment for the client's `close` or `forget`. Returns what ends it. */
  onSignOut(listener: () => void): () => void;
}

const EARLY_MS = 60_000;
const REFUSALS: ReadonlySet<string> = new Set(["unauthorized", "forbidden", "not_found", "gone", "invalid_frame"]);
/** Tries of one renewal: its answer can be lost on the way. */
const TRIES = 3;
const RETRY = { firstMs: 500, mostMs: 2_000 };

/**
 * ```ts
 * const tokens = storedTokens({ baseUrl, signIn: () => showSignIn() });
 * const { user } = await tokens.current();
 * const client = createClient({ baseUrl, token: tokens, userId: user.id });
 * ```
 */
export function storedTokens(options: StoredTokensOptions): StoredTokens {
  const keeper = new TokenKeeper(options);
  return Object.assign((need: TokenNeed) => keeper.access(need), {
    current: () => keeper.current(),
    signOut: () => keeper.signOut(),
    onSignOut: (listener: () => void) => keeper.onSignOut(listener),
  });
}

class TokenKeeper {
  readonly #options: StoredTokensOptions;
  readonly #key: string;
  readonly #listeners = new Listeners();
  readonly #channel: Channel | undefined;
  /** What could not be stored. */
  #memory: TokenAnswer | undefined;
  /** The access token that was handed out last: the one that a refusal is about. */
  #given: string | undefined;
  /** The renewal that runs: whoever asks meanwhile gets its answer. */
  #renewal: Promise<TokenAnswer> | undefined;
  #isSignedOut = false;
  /** Raised by each sign-out: what was asked for before it is not kept. */
  #era = 0;

  constructor(options: StoredTokensOptions) {
    this.#options = options;
    this.#key = options.key ?? "studymate.tokens";
    this.#channel = openChannel(`studymate.tokens:${this.#key}`, () => {
      // Tabs may have tokens of their own.
      if (this.#stored() === undefined) this.#signedOut();
    });
  }

  async access(need: TokenNeed): Promise<string> {
    if (this.#isSignedOut) throw signedOut();
    this.#given = await this.#accessToken(need);
    return this.#given;
  }

  async #accessToken(need: TokenNeed): Promise<string> {
    const known = this.#read();
    const isRefused = need === "refused" && known?.accessToken === this.#given;
    // Timers are not exact: one that ends soon is not answered with itself.
    const leastMs = need === "expiring" ? 2 * EARLY_MS : EARLY_MS;
    if (known !== undefined && !isRefused && lastsMs(known) > leastMs) return known.accessToken;
    try {
      return (await this.#renew(known)).accessToken;
    } catch (error) {
      // The one in use is good for a while yet.
      const isUsable = known !== undefined && !isRefused && lastsMs(known) > 0 && !this.#isSignedOut;
      if (isUsable && !isRefusal(error)) return known.accessToken;
      throw error;
    }
  }

  async current(): Promise<TokenAnswer> {
    this.#isSignedOut = false;
    const known = this.#read();
    if (known === undefined) return this.#renew(known);
    try {
      return lastsMs(known) > EARLY_MS ? known : await this.#renew(known);
    } catch (error) {
      // Who somebody is, is known without a network.
      if (!isRefusal(error)) return known;
      throw error;
    }
  }

  signOut(): void {
    const known = this.#read();
    // Without a network the device stays in the server's list, and nobody has its tokens.
    if (known !== undefined) void logOut(this.#options, known.accessToken).catch(() => {});
    this.#write(undefined);
    this.#channel?.postMessage("signed out");
    this.#signedOut();
  }

  onSignOut(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  #signedOut(): void {
    this.#memory = undefined;
    this.#isSignedOut = true;
    this.#era += 1;
    this.#renewal = undefined;
    this.#listeners.tell();
  }

  #renew(known: TokenAnswer | undefined): Promise<TokenAnswer> {
    if (this.#renewal !== undefined) return this.#renewal;
    const era = this.#era;
    const keep = (answer: TokenAnswer): TokenAnswer => {
      if (era !== this.#era) throw signedOut();
      this.#write(answer);
      return answer;
    };
    const locked = async () => {
      const answer = await this.#renewed(known);
      return answer && keep(answer);
    };
    // A person takes their time, and may do it in another tab: nobody waits for that.
    const renewed = withLock(`studymate.tokens:${this.#key}`, locked).then(
      async (answer) => answer ?? keep(await this.#options.signIn()),
    );
    const renewal = renewed.finally(() => {
      if (this.#renewal === renewal) this.#renewal = undefined;
    });
    this.#renewal = renewal;
    return renewal;
  }

  /** Inside the lock: another tab may have been faster. Undefined: there is nothing to renew. */
  async #renewed(known: TokenAnswer | undefined): Promise<TokenAnswer | undefined> {
    const stored = this.#read();
    if (stored === undefined) return undefined;
    if (stored.accessToken !== known?.accessToken && lastsMs(stored) > EARLY_MS) return stored;
    let answer: TokenAnswer;
    try {
      answer = await this.#refreshed(stored.refreshToken);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Where there are no locks, another tab may have used it up a moment ago.
      const winner = this.#read();
      if (winner !== undefined && winner.refreshToken !== stored.refreshToken) return winner;
      this.#write(undefined);
      return undefined;
    }
    // Another tab signed out meanwhile, and its word is still on the way.
    if (this.#read() === undefined) throw signedOut();
    return answer;
  }

  async #refreshed(refreshToken: string): Promise<TokenAnswer> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await refreshTokens(this.#options, refreshToken);
      } catch (error) {
        if (isRefusal(error) || failures + 1 >= TRIES) throw error;
        const waitMs = backoffMs(RETRY, failures);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  #read(): TokenAnswer | undefined {
    return this.#stored() ?? this.#memory;
  }

  #stored(): TokenAnswer | undefined {
    try {
      return parsed(this.#storage()?.getItem(this.#key) ?? "null");
    } catch {
      return undefined;
    }
  }

  #write(answer: TokenAnswer | undefined): void {
    this.#memory = answer;
    try {
      const storage = this.#storage();
      if (storage === undefined) return;
      if (answer === undefined) storage.removeItem(this.#key);
      else storage.setItem(this.#key, JSON.stringify(answer));
      this.#memory = undefined;
    } catch {
      // Full or forbidden: memory has to do.
    }
  }

  /** Reading the property throws where the browser forbids storage. */
  #storage(): TokenStorage | undefined {
    return this.#options.storage ?? (globalThis as { localStorage?: TokenStorage }).localStorage;
  }
}

/** Undefined for what is not ours; throws for what was cut off. */
function parsed(text: string): TokenAnswer | undefined {
  const value = JSON.parse(text) as Partial<TokenAnswer> | null; // checked below
  const isWhole =
    typeof value?.accessToken === "string" &&
    typeof value.refreshToken === "string" &&
    typeof value.expiresAt === "string" &&
    typeof value.user?.id === "number";
  return isWhole ? (value as TokenAnswer) : undefined; // the rest is not read by the SDK
}

function lastsMs({ expiresAt }: TokenAnswer): number {
  return Date.parse(expiresAt) - Date.now();
}

/** The server itself said no to the token: not a lost network, not a proxy or a portal on the way. */
function isRefusal(error: unknown): boolean {
  return error instanceof StudyMateError && REFUSALS.has(error.code);
}

function signedOut(): StudyMateError {
  return new StudyMateError("unauthorized", "You have signed out.");
}
