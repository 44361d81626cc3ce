/**
 * `npm run bench`: the product and a bare object under the same load, on the same workerd, in turns. Prints medians and
 * their ratios; both sides speak JSON, both fsync before they answer.
 */
import { WebSocket } from "ws";
import { z } from "zod";
import { type Dial, type Figures, type Regime, runRegime } from "./load.ts";
import { startServer } from "./server.ts";

const REGIMES: readonly Regime[] = [
  { name: "1 room × 500, 1 sender, 4 in flight", rooms: 1, socketsPerRoom: 500, sendersPerRoom: 1, inFlight: 4 },
  { name: "1 room × 500, 16 senders, 32 in flight", rooms: 1, socketsPerRoom: 500, sendersPerRoom: 16, inFlight: 32 },
  { name: "50 rooms × 10, 1 sender, 2 in flight", rooms: 50, socketsPerRoom: 10, sendersPerRoom: 1, inFlight: 2 },
];
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 6);

const signedIn = z.object({ accessToken: z.string(), user: z.object({ id: z.int() }) });
const created = z.object({ id: z.int() });

const server = await startServer();
try {
  for (const regime of REGIMES) {
    const bare: Figures[] = [];
    const product: Figures[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await runRegime(regime, bareDial(`${regime.name}-${round}`), SECONDS * 1_000));
      product.push(await runRegime(regime, await productDial(regime), SECONDS * 1_000));
    }
    report(regime.name, medians(bare), medians(product));
  }
} finally {
  await server.stop();
}

function report(name: string, bare: Figures, product: Figures): void {
  const ratio = (product.deliveriesPerSecond / bare.deliveriesPerSecond).toFixed(2);
  console.log(`${name}: ${ratio} × bare`);
  for (const [side, figures] of Object.entries({ bare, product })) {
    const { messagesPerSecond, deliveriesPerSecond, p50Ms, p99Ms } = figures;
    console.log(
      `  ${side.padEnd(8)} ${deliveriesPerSecond.toFixed(0)} deliveries/s, ${messagesPerSecond.toFixed(0)} messages/s, ack p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
    );
  }
}

function medians(runs: readonly Figures[]): Figures {
  const median = (pick: (run: Figures) => number): number =>
    runs.map(pick).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? Number.NaN;
  return {
    messagesPerSecond: median((run) => run.messagesPerSecond),
    deliveriesPerSecond: median((run) => run.deliveriesPerSecond),
    p50Ms: median((run) => run.p50Ms),
    p99Ms: median((run) => run.p99Ms),
  };
}

function bareDial(run: string): Dial {
  return (room) => new WebSocket(socketUrl(`/bare/${encodeURIComponent(`${run}-${room}`)}`));
}

/** New rooms of new people, as many as there are sockets: each socket is somebody's. */
async function productDial({ rooms, socketsPerRoom }: Regime): Promise<Dial> {
  const people: z.infer<typeof signedIn>[] = [];
  for (let n = 0; n < socketsPerRoom; n += 1) {
    people.push(signedIn.parse(await post("/v1/auth/dev-login", { email: `${crypto.randomUUID()}@bench.example` })));
  }
  const [creator, ...others] = people;
  if (!creator) throw new Error("nobody");
  const participantIds = others.map(({ user }) => user.id);
  const roomIds: number[] = [];
  for (let n = 0; n < rooms; n += 1) {
    const room = await post("/v1/rooms", { roomType: "GROUP", name: "bench", participantIds }, creator.accessToken);
    roomIds.push(created.parse(room).id);
  }
  return (room, n) =>
    new WebSocket(socketUrl(`/v1/rooms/${roomIds[room]}/socket`), ["studymate.v1.json"], {
      headers: { authorization: `Bearer ${people[n]?.accessToken}` },
    });
}

async function post(path: string, body: object, token?: string): Promise<unknown> {
  const response = await fetch(new URL(path, server.url), {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

function socketUrl(path: string): string {
  const url = new URL(path, server.url);
  url.protocol = "ws:";
  return url.href;
}
