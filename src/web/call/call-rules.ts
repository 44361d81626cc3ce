/** What is shown of a call, from what is known of it. Pure. */
import type { Peer, SessionSnapshot } from "../../client/session/index.ts";
import { talkedSeconds } from "../../client/session/index.ts";

/** The language whose turn it is not; undefined where there is one alone. */
export function otherLanguage({
  session,
  language,
}: Pick<SessionSnapshot, "session" | "language">): string | undefined {
  if (session === null || session.secondaryLanguage === null) return undefined;
  return language === session.primaryLanguage ? session.secondaryLanguage : session.primaryLanguage;
}

/** Until then, by the server's clock, in milliseconds; never less than nothing. */
export function timeUntil(iso: string, { now, clockSkewMs }: { now: number; clockSkewMs: number }): number {
  return Math.max(0, Date.parse(iso) - now - clockSkewMs);
}

export interface TalkBar {
  readonly userId: number;
  readonly seconds: number;
  readonly isSpeaking: boolean;
  /** Of what the one who has talked most has: 0 to 1. */
  readonly part: number;
}

/** Oneself first, then everybody who is in the call or has talked. */
export function talkBars({ talk, peers, you }: SessionSnapshot, now: number): readonly TalkBar[] {
  const others = peers.filter(({ userId, joined }) => joined || (talk.get(userId)?.seconds ?? 0) > 0);
  const ids = [...(you === null ? [] : [you.userId]), ...others.map(({ userId }) => userId)];
  const bars = ids.map((userId) => {
    const own = talk.get(userId);
    return { userId, seconds: own ? talkedSeconds(own, now) : 0, isSpeaking: own?.isSpeaking ?? false };
  });
  const most = Math.max(1, ...bars.map(({ seconds }) => seconds));
  return bars.map((bar) => ({ ...bar, part: bar.seconds / most }));
}

/** Whether, and by whom, one is asked to be recorded; and for whom a recording waits. */
export interface ConsentState {
  /** Everybody who has agreed while one has not oneself. */
  readonly askedBy: readonly number[];
  readonly hasAgreed: boolean;
  /** Who is in the call and has not agreed. */
  readonly waitsFor: readonly number[];
}

export function consentState({
  recording,
  peers,
  you,
}: Pick<SessionSnapshot, "recording" | "peers" | "you">): ConsentState {
  const { consentedUserIds: agreed } = recording;
  const hasAgreed = you !== null && agreed.includes(you.userId);
  const there = peers.filter(({ joined }) => joined).map(({ userId }) => userId);
  return {
    askedBy: hasAgreed ? [] : there.filter((userId) => agreed.includes(userId)),
    hasAgreed,
    waitsFor: there.filter((userId) => !agreed.includes(userId)),
  };
}

export function nameOf(peers: readonly Peer[], userId: number, fallback = ""): string {
  return peers.find((peer) => peer.userId === userId)?.name ?? fallback;
}
