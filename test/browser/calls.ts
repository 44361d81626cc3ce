/** People in calls: real browsers with a camera that turns and a microphone that talks, and what their connections carry. */
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import type { SessionAnswer } from "../../schema/api/sessions.ts";
import type { SessionType } from "../../schema/sessions.ts";
import { createClient, devLogin, type StudyMateClient, type TokenAnswer } from "../../src/client/index.ts";
import { type CallWords, en } from "../../src/web/locale/call/en.ts";
import { ko } from "../../src/web/locale/call/ko.ts";
import { speechFile } from "./speech.ts";
import { type Look, openBrowser, Person, sharedServer, soon } from "./support.ts";

export interface CallBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function openCallBrowser(): Promise<CallBrowser> {
  const speech = speechFile();
  const browser = await openBrowser([
    `--use-file-for-fake-audio-capture=${speech.path}`,
    // All of them are on this machine, which may have no other address.
    ...["--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"],
    "--auto-select-desktop-capture-source=Entire screen",
  ]);
  return {
    browser,
    close: async () => {
      await browser.close();
      speech.remove();
    },
  };
}

export interface Member {
  readonly name: string;
  readonly userId: number;
  readonly tokens: TokenAnswer;
  readonly client: StudyMateClient;
}

/** People who are in no other test: nobody can be in two sessions at a time. */
export function newMembers(names: readonly string[], baseUrl = sharedServer()): Promise<Member[]> {
  return Promise.all(
    names.map(async (name) => {
      const email = `${name.toLowerCase()}-${crypto.randomUUID()}@call.studymate.example`;
      const tokens = await devLogin({ baseUrl }, { email, englishName: name });
      const client = createClient({ baseUrl, token: () => tokens.accessToken });
      return { name, userId: tokens.user.id, tokens, client };
    }),
  );
}

export interface CallPlan {
  readonly sessionType?: SessionType;
  /** The first of them is the host. */
  readonly members: readonly Member[];
  readonly startsInMs?: number;
  readonly minutes?: number;
  readonly title?: string;
}

/** Planned, and confirmed by everybody. */
export async function planCall({ members, startsInMs = 2_000, minutes = 30, ...plan }: CallPlan): Promise<number> {
  const [host, ...guests] = members;
  if (host === undefined) throw new Error("A session has a host.");
  const start = Date.now() + startsInMs;
  const { id } = await host.client.request<SessionAnswer>({
    ...{ method: "POST", path: "/v1/sessions" },
    body: {
      sessionType: plan.sessionType ?? (members.length > 2 ? "GROUP_VIDEO" : "VIDEO_1V1"),
      title: plan.title ?? "주말 이야기 · Weekend",
      ...{ primaryLanguage: "ko", secondaryLanguage: "en", inviteeIds: guests.map(({ userId }) => userId) },
      scheduledStartTime: new Date(start).toISOString(),
      scheduledEndTime: new Date(start + minutes * 60_000).toISOString(),
    },
  });
  await Promise.all(guests.map(({ client }) => client.request({ method: "POST", path: `/v1/sessions/${id}/confirm` })));
  return id;
}

export interface Packets {
  readonly sent: number;
  readonly received: number;
}

/** One connection, as the browser counts it. */
export interface Leg {
  /** Which of the page's connections it is: another one counts from zero. */
  readonly peer: number;
  readonly path: string | undefined;
  readonly audio: Packets;
  readonly video: Packets;
}

/** Keeps hold of what the page connects with, and lets the test hold back what a server says. */
const INSTRUMENTS = `
  const peers = [];
  window.callPeers = peers;
  const NativePeer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativePeer {
    offers = 0;
    constructor(...all) { super(...all); peers.push(this); }
    createOffer(...all) { this.offers += 1; return super.createOffer(...all); }
  };
  window.lagMs = 0;
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    set onmessage(listener) {
      super.onmessage = (event) => window.lagMs > 0 ? setTimeout(() => listener(event), window.lagMs) : listener(event);
    }
  };
`;

/** A member's window at a place of the page. */
export async function signedIn(browser: Browser, { tokens }: Member, place: string, look: Look = { locale: "en-US" }) {
  const person = await Person.visit(browser, look);
  await person.context.addInitScript(INSTRUMENTS);
  await person.page.evaluate((own) => localStorage.setItem("studymate.tokens", JSON.stringify(own)), tokens);
  await person.page.goto(new URL(place, person.page.url()).href);
  await person.page.reload();
  return person;
}

/** Somebody's window on a call, with the words of their language. */
export class Caller {
  readonly person: Person;
  readonly member: Member;
  readonly say: CallWords;

  private constructor(person: Person, member: Member, locale: Look["locale"]) {
    this.person = person;
    this.member = member;
    this.say = locale === "ko-KR" ? ko : en;
  }

  /** In the lobby of a session. */
  static async open(
    browser: Browser,
    member: Member,
    sessionId: number,
    look: Look = { locale: "en-US" },
  ): Promise<Caller> {
    const person = await signedIn(browser, member, `#sessions/${sessionId}/call`, look);
    const caller = new Caller(person, member, look.locale);
    await person.page.locator(".button.join:enabled").waitFor();
    return caller;
  }

  get page() {
    return this.person.page;
  }

  async goToLobby(sessionId: number): Promise<void> {
    await this.page.goto(new URL(`/#sessions/${sessionId}/call`, this.page.url()).href);
    await this.page.reload();
    await this.page.locator(".button.join:enabled").waitFor();
  }

  async join(): Promise<void> {
    await this.page.locator(".button.join:enabled").click();
    await this.page.locator("main.call").waitFor();
  }

  button(name: string) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** How many cameras and screens of others are shown and move. */
  shown(): Promise<number> {
    return this.page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLVideoElement>(".tile[data-own=false] video")].filter(
          ({ videoWidth, currentTime }) => videoWidth > 0 && currentTime > 0,
        ).length,
    );
  }

  async sees(count: number): Promise<void> {
    await soon(() => this.shown()).toBe(count);
  }

  /** Joins; how long it took until the first of the others was seen, in milliseconds. */
  async joinAndSee(): Promise<number> {
    await this.page.locator(".button.join:enabled").waitFor();
    return this.page.evaluate(async () => {
      const began = performance.now();
      document.querySelector<HTMLButtonElement>(".button.join")?.click();
      const isSeen = () =>
        [...document.querySelectorAll<HTMLVideoElement>(".tile[data-own=false] video")].some(
          ({ videoWidth, currentTime }) => videoWidth > 0 && currentTime > 0,
        );
      while (!isSeen()) {
        if (performance.now() - began > 20_000) throw new Error("Nobody was seen.");
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return performance.now() - began;
    });
  }

  /** What its live connections carry. */
  legs(): Promise<Leg[]> {
    return this.page.evaluate(async () => {
      const { callPeers } = globalThis as unknown as { callPeers: RTCPeerConnection[] }; // see INSTRUMENTS
      const legs: Leg[] = [];
      for (const [index, peer] of callPeers.entries()) {
        if (peer.connectionState !== "connected") continue;
        const reports = [...(await peer.getStats()).values()];
        const sum = (type: string, kind: string, field: string) =>
          reports
            .filter((report) => report.type === type && report.kind === kind)
            .reduce((all, report) => all + Number(report[field] ?? 0), 0);
        const packets = (kind: string) => ({
          sent: sum("outbound-rtp", kind, "packetsSent"),
          received: sum("inbound-rtp", kind, "packetsReceived"),
        });
        const transport = reports.find(({ type }) => type === "transport");
        const pair = reports.find(({ id }) => id === transport?.selectedCandidatePairId);
        const local = reports.find(({ id }) => id === pair?.localCandidateId);
        legs.push({ peer: index, path: local?.candidateType, audio: packets("audio"), video: packets("video") });
      }
      return legs;
    });
  }

  /** How many offers its connections made, and how many of these are live. */
  negotiations(): Promise<{ readonly offers: number; readonly made: number; readonly live: number }> {
    return this.page.evaluate(() => {
      const { callPeers } = globalThis as unknown as { callPeers: (RTCPeerConnection & { offers: number })[] }; // see INSTRUMENTS
      return {
        offers: callPeers.reduce((sum, { offers }) => sum + offers, 0),
        made: callPeers.length,
        live: callPeers.filter(({ connectionState }) => connectionState === "connected").length,
      };
    });
  }

  close(): Promise<void> {
    return this.person.context.close();
  }
}

/** On every leg, sound and pictures in both directions, more with each moment: whoever comes again has fresh legs for it. */
export async function expectPackets(
  callers: readonly Caller[],
  kinds: readonly ("audio" | "video")[] = ["audio", "video"],
) {
  for (const caller of callers) {
    const who = caller.member.name;
    const before = new Map((await caller.legs()).map((leg) => [leg.peer, leg]));
    await soon(async () => {
      const after = await caller.legs();
      const still = after.flatMap((leg) =>
        kinds.flatMap((kind) =>
          (["sent", "received"] as const)
            .filter((way) => leg[kind][way] <= (before.get(leg.peer)?.[kind][way] ?? 0))
            .map((way) => `${who}, leg ${leg.peer}: no ${kind} ${way}`),
        ),
      );
      return [after.length, ...still];
    }).toEqual([callers.length - 1]);
  }
}

/** Nothing went wrong in anybody's page. */
export function expectNoErrors(callers: readonly Caller[]): void {
  expect(callers.flatMap(({ person }) => person.errors)).toEqual([]);
}
