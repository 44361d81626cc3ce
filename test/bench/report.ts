/** What was measured, as a page (`docs/bench/README.md`), a picture (`ratios.svg`) and numbers (`results.json`). */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Figures } from "./load.ts";
import type { Peer } from "./peers/peer.ts";
import { type Bar, barChart } from "./plot.ts";
import type { Regime } from "./regimes.ts";
import type { SlowReaderFigures } from "./slow-reader.ts";

type ByPeer<Value> = Partial<Record<Peer["name"], Value>>;
interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Results {
  readonly throughput: { readonly regime: Regime; readonly figures: ByPeer<Figures> }[];
  /** Kilobytes per idle socket. */
  readonly memory: ByPeer<number>;
  readonly returning: ByPeer<Record<"reconnect" | "replay" | "asleep" | "awake", Percentiles>>;
  readonly slowReader: ByPeer<Record<"without" | "withOne", SlowReaderFigures>>;
}

const FOLDER = "docs/bench";
const NAMES: readonly Peer["name"][] = ["product", "bare", "Socket.IO"];
const OTHERS = ["bare", "Socket.IO"] as const;

export function writeReport(results: Results): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(FOLDER, "ratios.svg"), barChart("StudyMate divided by its peers", ratioBars(results)));
  const page = [head(), throughputTable(results), ratioTable(results), returningTable(results), slowTable(results)];
  writeFileSync(join(FOLDER, "README.md"), `${page.filter(Boolean).join("\n\n")}\n`);
  console.log(page.join("\n\n"));
}

interface Ratio {
  readonly name: string;
  readonly ratio: number;
  readonly target: number;
  /** Below the target is better: a latency, or memory. */
  readonly isCost: boolean;
}

function ratiosOf({ throughput, memory }: Results): Ratio[] {
  const ratios = throughput.flatMap(({ regime, figures: { product, ...peers } }) =>
    OTHERS.flatMap((name): Ratio[] => {
      const peer = peers[name];
      if (!product || !peer) return [];
      const isCost = "messagesPerSecond" in regime.load;
      const ratio = isCost ? product.p50Ms / peer.p50Ms : product.deliveriesPerSecond / peer.deliveriesPerSecond;
      return [{ name: `${regime.name}, vs. ${name}`, ratio, target: regime.targets[name], isCost }];
    }),
  );
  if (memory.product && memory.bare) {
    const ratio = memory.product / memory.bare;
    ratios.push({ name: "memory per idle socket, vs. bare", ratio, target: 1.15, isCost: true });
  }
  return ratios;
}

const isReached = ({ ratio, target, isCost }: Ratio): boolean => (isCost ? ratio <= target : ratio >= target);

function ratioBars(results: Results): Bar[] {
  return ratiosOf(results).map((ratio) => ({
    label: ratio.isCost ? `${ratio.name} (p50 or size: less is better)` : ratio.name,
    value: ratio.ratio,
    mark: ratio.target,
    isGood: isReached(ratio),
  }));
}

function head(): string {
  const { version } = JSON.parse(readFileSync("node_modules/workerd/package.json", "utf8")) as { version: string }; // every package has one
  const [cpu] = cpus();
  return [
    "# Benchmark",
    "",
    "Written by `npm run bench`, which builds and starts everything itself; all peers take turns in one run, the figures are medians.",
    "",
    `${cpus().length} cores (${cpu?.model ?? "unknown"}), shared by the server and the load; Node ${process.versions.node}, workerd ${version}. 100-byte texts in JSON,`,
    "every socket gets every message, the sender an ack. All are durable: what is acknowledged was synced to disk before.",
    "",
    "- **product**: StudyMate's production bundle on workerd: sign-in, admission, validation, dedupe, flush to D1 and all.",
    "- **bare**: on the same workerd, the least an object can do: INSERT, then one frame per socket and message.",
    "- **Socket.IO**: Socket.IO and `node:sqlite` (WAL, `synchronous=FULL`) in one Node process, with neither identity nor dedupe.",
    "",
    "![StudyMate divided by its peers](ratios.svg)",
  ].join("\n");
}

function throughputTable({ throughput }: Results): string {
  if (throughput.length === 0) return "";
  const rows = throughput.flatMap(({ regime, figures }) =>
    NAMES.flatMap((name) => {
      const peer = figures[name];
      return peer
        ? [
            [
              name === "product" ? regime.name : "",
              name,
              whole(peer.deliveriesPerSecond),
              whole(peer.messagesPerSecond),
              short(peer.p50Ms),
              short(peer.p99Ms),
              short(peer.messagesPerFrame),
              short(peer.cpuSecondsPerMillionDeliveries),
            ],
          ]
        : [];
    }),
  );
  const heads = ["", "", "deliveries/s", "messages/s", "p50 ms", "p99 ms", "messages/frame", "CPU s per 1M deliveries"];
  return `## Throughput and latency\n\nLatency is from the send to the message at a socket.\n\n${table(heads, rows)}`;
}

function ratioTable(results: Results): string {
  const rows = ratiosOf(results).map((ratio) => [
    ratio.name,
    ratio.ratio.toFixed(2),
    `${ratio.isCost ? "≤" : "≥"} ${ratio.target}`,
    isReached(ratio) ? "yes" : "**no**",
  ]);
  const kilobytes = NAMES.flatMap((name) => results.memory[name]?.toFixed(1) ?? []);
  const memory =
    kilobytes.length > 0
      ? `\n\nKilobytes per idle socket, of the third thousand (${NAMES.join(", ")}): ${kilobytes.join(", ")}.`
      : "";
  return rows.length === 0
    ? ""
    : `## Against the targets\n\n${table(["", "ratio", "target", "reached"], rows)}${memory}`;
}

function returningTable({ returning }: Results): string {
  const rows = NAMES.flatMap((name) => {
    const peer = returning[name];
    return peer ? [[name, ...[peer.reconnect, peer.replay, peer.asleep, peer.awake].map(both)]] : [];
  });
  if (rows.length === 0) return "";
  const heads = [
    "p50 / p99 ms",
    "1,000 dial at once: first message",
    "1,000 missed messages",
    "asleep: ack",
    "awake: ack",
  ];
  const about =
    "A thousand sockets of 20 rooms dial at the same moment: tokens are verified, participants checked, each is welcomed with the people of its room. Asleep: an object that was idle for twelve seconds and hibernates (Socket.IO does not).";
  return `## Coming back\n\n${about}\n\n${table(heads, rows)}`;
}

function slowTable({ slowReader }: Results): string {
  const rows = NAMES.flatMap((name) => {
    const peer = slowReader[name];
    if (!peer) return [];
    const { without, withOne } = peer;
    return [
      [
        name,
        short(without.p99Ms),
        short(withOne.p99Ms),
        short(withOne.grownMegabytes - without.grownMegabytes),
        withOne.closedWith === null ? "no" : `yes (${withOne.closedWith})`,
      ],
    ];
  });
  const heads = ["", "p99 ms, all read", "p99 ms of the others", "MB more in memory", "closed"];
  return rows.length === 0
    ? ""
    : `## One of 500 never reads\n\n20 messages/s of 2,000 Korean characters (6 kB).\n\n${table(heads, rows)}`;
}

const both = ({ p50Ms, p99Ms }: Percentiles): string => `${short(p50Ms)} / ${short(p99Ms)}`;
const short = (value: number): string => value.toFixed(1);
const whole = (value: number): string => Math.round(value).toLocaleString("en");

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
