/** Tokens that outlive the page: renewed in time, once among all tabs, and never thrown away for a lost network. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type StoredTokensOptions, storedTokens, type TokenAnswer } from "../../src/client/index.ts";
import { baseUrl, Locks, ownTime, pass, until } from "./support/devices.ts";

/** What browsers keep per origin: the tabs of a test share it. */
function sharedStorage() {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

/** An auth server whose refresh tokens are good for one use. */
function authServer({ lifetimeMs = 900_000 } = {}) {
  let count = 0;
  let valid = "";
  const refreshes: string[] = [];
  const ended: (string | null)[] = [];
  const server = { mood: "well" as "well" | "away" | "lost answer" | "503" | "proxy", refreshes, ended, signIns: 0 };
  const issue = (): TokenAnswer => {
    count += 1;
    valid = `refresh ${count}`;
    return {
      accessToken: `access ${count}`,
      refreshToken: valid,
      expiresAt: new Date(Date.now() + lifetimeMs).toISOString(),
      user: { id: 1, email: "a@b.example", englishName: "A", koreanName: null, profileImageUrl: null },
    };
  };
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (server.mood === "away") throw new TypeError("network");
    if (String(url).endsWith("/v1/auth/logout")) {
      ended.push(new Headers(init?.headers).get("authorization"));
      return new Response(null, { status: 204 });
    }
    const { refreshToken } = JSON.parse(String(init?.body)) as { refreshToken: string };
    refreshes.push(refreshToken);
    const problem = (status: number, code: string) =>
      new Response(JSON.stringify({ code, title: code, requestId: "r" }), {
        status,
        headers: { "content-type": "application/problem+json" },
      });
    if (server.mood === "503") return problem(503, "unavailable");
    if (server.mood === "proxy") return new Response("<html>", { status: 403 });
    if (refreshToken !== valid) return problem(401, "unauthorized");
    if (server.mood === "lost answer") {
      server.mood = "well";
      throw new TypeError("network");
    }
    return Response.json(issue());
  };
  const signIn = async () => {
    server.signIns += 1;
    return issue();
  };
  const revoke = () => {
    valid = "none";
  };
  return { server, fetch, signIn, revoke };
}

function world(options: { lifetimeMs?: number } = {}) {
  ownTime();
  const storage = sharedStorage();
  const auth = authServer(options);
  const locks = new Locks();
  let count = 0;
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  /** A tab's own provider, over what all tabs share. */
  const openTab = (more: Partial<StoredTokensOptions> = {}) => {
    count += 1;
    vi.stubGlobal("navigator", { locks: locks.of(`tab ${count}`) });
    return storedTokens({ baseUrl, storage, fetch: auth.fetch, signIn: auth.signIn, ...more });
  };
  return { storage, auth, openTab };
}

describe("Stored tokens", () => {
  it("ask for a sign-in when there are none, and never again after a reload", async () => {
    const { auth, openTab } = world();
    expect((await openTab().current()).user.id).toBe(1);
    expect(await openTab()("connect")).toBe("access 1");
    expect(auth.server.signIns).toBe(1);
    expect(auth.server.refreshes).toEqual([]);
  });

  it("are renewed a minute before they end", async () => {
    const { auth, openTab } = world();
    const tokens = openTab();
    expect(await tokens("request")).toBe("access 1");
    await pass(839_000);
    expect(await tokens("request")).toBe("access 1");
    await pass(2_000);
    expect(await tokens("expiring")).toBe("access 2");
    expect(auth.server.refreshes).toEqual(["refresh 1"]);
  });

  it("are renewed once, however many ask and in however many tabs", async () => {
    const { auth, openTab } = world();
    const tabs = [openTab(), openTab(), openTab()];
    await tabs[0]?.current();
    await pass(850_000);
    const all = await Promise.all(tabs.flatMap((tokens) => [tokens("request"), tokens("expiring"), tokens("connect")]));
    expect(new Set(all)).toEqual(new Set(["access 2"]));
    expect(auth.server.refreshes).toEqual(["refresh 1"]);
    expect(auth.server.signIns).toBe(1);
  });

  it("that were refused are renewed, those that another tab has renewed since are taken", async () => {
    const { auth, openTab } = world();
    const [first, second] = [openTab(), openTab()];
    await first("connect");
    await second("connect");
    expect(await first("refused")).toBe("access 2");
    expect(await second("refused")).toBe("access 2");
    expect(await second("refused")).toBe("access 3");
    expect(auth.server.refreshes).toEqual(["refresh 1", "refresh 2"]);
  });

  it("stay while the network is away: the old one as long as it is good, then an error that may pass", async () => {
    const { auth, openTab, storage } = world();
    const tokens = openTab();
    await tokens("connect");
    await pass(850_000);
    for (const mood of ["away", "proxy", "503"] as const) {
      auth.server.mood = mood;
      let given: string | undefined;
      void tokens("expiring").then((token) => {
        given = token;
      });
      await until(() => given !== undefined);
      expect(given).toBe("access 1");
    }
    await pass(60_000);
    let code: string | undefined;
    void tokens("request").catch((error) => {
      code = error.code;
    });
    await until(() => code !== undefined);
    expect(code).toBe("unavailable");
    expect(auth.server.signIns).toBe(1);
    expect(storage.values.get("studymate.tokens")).toContain("refresh 1");
    // Who it is, is known all the same.
    let user: number | undefined;
    void openTab()
      .current()
      .then((answer) => {
        user = answer.user.id;
      });
    await until(() => user !== undefined);
    auth.server.mood = "well";
    expect(await tokens("request")).toBe("access 2");
  });

  it("ask again where only the answer was lost", async () => {
    const { auth, openTab } = world();
    const tokens = openTab();
    await tokens("connect");
    await pass(850_000);
    auth.server.mood = "lost answer";
    let given: string | undefined;
    void tokens("request").then((token) => {
      given = token;
    });
    await until(() => given !== undefined);
    expect(given).toBe("access 2");
    expect(auth.server.refreshes).toEqual(["refresh 1", "refresh 1"]);
  });

  it("ask for a sign-in once the server has refused them", async () => {
    const { auth, openTab } = world();
    const tokens = openTab();
    await tokens("connect");
    auth.revoke();
    expect(await tokens("refused")).toBe("access 2");
    expect(auth.server.signIns).toBe(2);
  });

  it("fail where the sign-in does, and are asked for again at the next need", async () => {
    const { auth, openTab } = world();
    const signIn = vi.fn(auth.signIn).mockRejectedValueOnce(new Error("window closed"));
    const tokens = openTab({ signIn });
    await expect(tokens("connect")).rejects.toThrow("window closed");
    await expect(tokens("connect")).resolves.toBe("access 1");
  });

  it.each(["{", "null", '{"accessToken":1}'])("that cannot be read (%s) are none", async (text) => {
    const { storage, openTab } = world();
    storage.setItem("studymate.tokens", text);
    expect(await openTab()("connect")).toBe("access 1");
  });

  it("work without a storage that can be written", async () => {
    const { auth, openTab } = world();
    const fail = () => {
      throw new DOMException("private mode", "SecurityError");
    };
    const tokens = openTab({ storage: { getItem: fail, setItem: fail, removeItem: fail } });
    expect(await tokens("connect")).toBe("access 1");
    expect(await tokens("request")).toBe("access 1");
    expect(auth.server.signIns).toBe(1);
  });
});

describe("Signing out", () => {
  it("forgets the tokens here and in the other tabs, until somebody signs in again", async () => {
    const { openTab, storage, auth } = world();
    const [first, second] = [openTab(), openTab()];
    await first("connect");
    await second("connect");
    const told = vi.fn();
    second.onSignOut(told);
    first.signOut();
    expect(storage.values.size).toBe(0);
    await expect(first("request")).rejects.toMatchObject({ code: "unauthorized" });
    await until(() => told.mock.calls.length > 0);
    await expect(second("request")).rejects.toMatchObject({ code: "unauthorized" });
    expect(auth.server.signIns).toBe(1);
    expect((await second.current()).accessToken).toBe("access 2");
    expect(await second("request")).toBe("access 2");
  });

  it("ends the device at the server, and does not mind where that cannot be reached", async () => {
    const { openTab, storage, auth } = world();
    const tokens = openTab();
    await tokens("connect");
    tokens.signOut();
    await until(() => auth.server.ended.length > 0);
    expect(auth.server.ended).toEqual(["Bearer access 1"]);
    await tokens.current();
    auth.server.mood = "away";
    tokens.signOut();
    await pass(1_000);
    expect(storage.values.size).toBe(0);
    expect(auth.server.ended).toHaveLength(1);
  });

  it("while a renewal is on its way keeps nothing of its answer", async () => {
    const { openTab, storage } = world();
    const tokens = openTab();
    await tokens("connect");
    await pass(850_000);
    const renewing = tokens("request");
    tokens.signOut();
    await expect(renewing).rejects.toMatchObject({ code: "unauthorized" });
    expect(storage.values.size).toBe(0);
  });

  it("in another tab while a renewal is on its way here keeps nothing of its answer", async () => {
    const { openTab, storage } = world();
    const [first, second] = [openTab(), openTab()];
    await first("connect");
    await second("connect");
    await pass(850_000);
    const renewing = second("request");
    // The other tab's word takes longer than the server's answer.
    storage.removeItem("studymate.tokens");
    await expect(renewing).rejects.toMatchObject({ code: "unauthorized" });
    expect(storage.values.size).toBe(0);
  });

  it("in one tab does not sign out tabs that have tokens of their own", async () => {
    const { openTab } = world();
    const [first, second] = [openTab({ storage: sharedStorage() }), openTab({ storage: sharedStorage() })];
    await first("connect");
    const token = await second("connect");
    const told = vi.fn();
    second.onSignOut(told);
    first.signOut();
    await pass(1_000);
    expect(told).not.toHaveBeenCalled();
    expect(await second("request")).toBe(token);
  });
});

describe("Stored tokens where the browser", () => {
  it("forbids channels and locks are renewed all the same", async () => {
    const { openTab, auth } = world();
    const forbid = () => Promise.reject(new DOMException("opaque origin", "SecurityError"));
    vi.stubGlobal(
      "BroadcastChannel",
      class {
        constructor() {
          throw new DOMException("cookies are blocked", "SecurityError");
        }
      },
    );
    const tokens = openTab();
    vi.stubGlobal("navigator", { locks: { request: forbid, query: forbid } });
    expect(await tokens("connect")).toBe("access 1");
    await pass(850_000);
    expect(await tokens("connect")).toBe("access 2");
    expect(auth.server.refreshes).toEqual(["refresh 1"]);
  });

  it("waits for a person in one tab ask for the sign-in in the other tabs too", async () => {
    const { openTab, auth } = world();
    const asked = vi.fn(() => new Promise<TokenAnswer>(() => {}));
    void openTab({ signIn: asked }).current();
    await until(() => asked.mock.calls.length === 1);
    const second = openTab();
    let user: number | undefined;
    void second.current().then((answer) => {
      user = answer.user.id;
    });
    await until(() => user !== undefined);
    expect(auth.server.signIns).toBe(1);
  });

  it("fires the timer of an ending token early, a new one is got nevertheless", async () => {
    const { openTab } = world();
    const tokens = openTab();
    await tokens("connect");
    await pass(839_995);
    expect(await tokens("expiring")).toBe("access 2");
  });
});
