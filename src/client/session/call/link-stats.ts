/** What a connection carries, from the browser's long report. Pure. */
import type { MediaKind } from "./kinds.ts";

export interface PacketCounts {
  readonly sent: number;
  readonly received: number;
  /** Of those that were to be received. */
  readonly lost: number;
}

export interface LinkStats {
  /** How packets leave: straight (`host`, `srflx`, `prflx`) or through a relay. Null: not connected yet. */
  readonly path: "host" | "srflx" | "prflx" | "relay" | null;
  readonly roundTripMs: number | null;
  readonly audio: PacketCounts;
  readonly video: PacketCounts;
  /** Frames of the peer's camera and screen that were shown. */
  readonly framesDecoded: number;
}

export type Quality = "good" | "fair" | "poor";

/** The fields of the reports that are read; every browser has these. */
interface Report {
  readonly id: string;
  readonly type: string;
  readonly kind?: string;
  readonly packetsSent?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly framesDecoded?: number;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly candidateType?: LinkStats["path"];
  readonly currentRoundTripTime?: number;
  readonly nominated?: boolean;
  readonly state?: string;
}

export function summarize(stats: ReadonlyMap<string, unknown>): LinkStats {
  const reports = [...stats.values()] as readonly Report[]; // by the standard
  const byId = new Map(reports.map((report) => [report.id, report]));
  const transport = reports.find(({ type }) => type === "transport");
  const pair =
    byId.get(transport?.selectedCandidatePairId ?? "") ??
    reports.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
  const seconds = pair?.currentRoundTripTime;
  const inbound = reports.filter(({ type }) => type === "inbound-rtp");
  const outbound = reports.filter(({ type }) => type === "outbound-rtp");
  const countsOf = (kind: string): PacketCounts => ({
    sent: sum(outbound, kind, "packetsSent"),
    received: sum(inbound, kind, "packetsReceived"),
    lost: Math.max(0, sum(inbound, kind, "packetsLost")),
  });
  return {
    path: byId.get(pair?.localCandidateId ?? "")?.candidateType ?? null,
    roundTripMs: seconds === undefined ? null : Math.round(seconds * 1_000),
    audio: countsOf("audio"),
    video: countsOf("video"),
    framesDecoded: sum(inbound, "video", "framesDecoded"),
  };
}

function sum(reports: readonly Report[], kind: string, field: keyof Report): number {
  return reports.filter((report) => report.kind === kind).reduce((all, report) => all + Number(report[field] ?? 0), 0);
}

/** How it is between two moments, a few seconds apart. Null: nothing was to be received. */
export function qualityOf(before: LinkStats | undefined, now: LinkStats): Quality | null {
  const received = total(now, "received") - (before ? total(before, "received") : 0);
  const lost = Math.max(0, total(now, "lost") - (before ? total(before, "lost") : 0));
  if (received + lost <= 0) return null;
  const lostPart = lost / (received + lost);
  const roundTripMs = now.roundTripMs ?? 0;
  if (lostPart > 0.08 || roundTripMs > 600) return "poor";
  return lostPart > 0.02 || roundTripMs > 250 ? "fair" : "good";
}

function total({ audio, video }: LinkStats, field: keyof PacketCounts): number {
  return audio[field] + video[field];
}

/** What senders are limited to, by how many are in the call: a mesh sends everything to everybody. */
export function sendingLimits(kind: MediaKind, people: number): { maxBitrate: number; maxFramerate?: number } {
  const isCrowd = people > 2;
  if (kind === "microphone") return { maxBitrate: 40_000 };
  if (kind === "screen") return { maxBitrate: isCrowd ? 400_000 : 1_200_000, maxFramerate: isCrowd ? 5 : 10 };
  return isCrowd ? { maxBitrate: 150_000, maxFramerate: 10 } : { maxBitrate: 700_000, maxFramerate: 24 };
}

/** What a camera takes, by how many are in the call. */
export function cameraSize(people: number): MediaTrackConstraints {
  return people > 2
    ? { width: { ideal: 320 }, height: { ideal: 180 }, frameRate: { ideal: 10, max: 15 } }
    : { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } };
}
