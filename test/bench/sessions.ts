/**
 * `npm run bench:sessions`: how long a signal takes from one peer to the other. BENCH_SESSIONS (200 unless set) calls of two at
 * once, each with BENCH_SIGNALS (10) signals a second: candidates of the usual size, and now and then a description.
 */
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { RawSocket, type ServerFrame } from "../e2e/support/raw-socket.ts";
import { percentile } from "./load.ts";
import { startWorkerd, type WorkerdServer } from "./peers/workerd.ts";

const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 200);
const SIGNALS_PER_SECOND = Number(process.env.BENCH_SIGNALS ?? 10);
const WARM_UP_MS = 5_000;
const MEASURED_MS = 20_000;
/** One signal of so many is a description. */
const DESCRIPTION_EVERY = 20;
const TOGETHER = 20;
const MEDIA = { audio: true, video: true, screen: false };
const SDP = "a=rtpmap:111 opus/48000/2\r\n".repeat(150);

const signedIn = z.object({ accessToken: z.string(), user: z.object({ id: z.int() }) });
type Person = z.infer<typeof signedIn>;
const created = z.object({ id: z.int() });

interface Pair {
  readonly host: Person;
  readonly guest: Person;
  readonly sessionId: number;
}

interface Call {
  readonly pair: Pair;
  readonly sockets: readonly RawSocket[];
}

const server = await startWorkerd();
try {
  const pairs: Pair[] = [];
  while (pairs.length < SESSIONS) {
    const batch = Math.min(TOGETHER, SESSIONS - pairs.length);
    pairs.push(...(await Promise.all(Array.from({ length: batch }, () => plan(server)))));
  }
  const latenciesMs: number[] = [];
  let isMeasured = false;
  const joinedAfterMs: number[] = [];
  const calls: Call[] = [];
  for (const pair of pairs) {
    const began = performance.now();
    const take = (frame: ServerFrame) => {
      if (frame.type !== "signal" || !isMeasured) return;
      const sentAt = /#([\d.]+)#/.exec(JSON.stringify(frame))?.[1];
      latenciesMs.push(performance.now() - Number(sentAt));
    };
    calls.push({
      pair,
      sockets: await Promise.all([pair.host, pair.guest].map((one) => join(server, one, pair, take))),
    });
    joinedAfterMs.push(performance.now() - began);
  }

  let sent = 0;
  const send = ({ pair: { host, guest }, sockets }: Call) => {
    const isHosts = sent % 2 === 0;
    const mark = `#${performance.now()}#`;
    const signal =
      sent % DESCRIPTION_EVERY === 0
        ? { description: { type: "offer", sdp: `${SDP}${mark}` } }
        : {
            candidate: {
              candidate: `candidate:842163049 1 udp 1677729535 203.0.113.7 51472 typ srflx ${mark}`,
              sdpMid: "0",
            },
          };
    sockets[isHosts ? 0 : 1]?.send({
      type: "signal",
      to: (isHosts ? guest : host).user.id,
      toGeneration: 1,
      ...signal,
    });
    sent += 1;
  };
  // Each at its own moment of the interval.
  const everyMs = 1_000 / SIGNALS_PER_SECOND;
  const timers: NodeJS.Timeout[] = [];
  for (const [index, call] of calls.entries()) {
    setTimeout(() => timers.push(setInterval(send, everyMs, call)), (index / calls.length) * everyMs);
  }
  await pause(WARM_UP_MS);
  isMeasured = true;
  const sentBefore = sent;
  await pause(MEASURED_MS);
  isMeasured = false;
  const sentWhileMeasured = sent - sentBefore;
  for (const timer of timers) clearInterval(timer);

  const ms = (share: number, of = latenciesMs) => percentile(of, share).toFixed(1);
  console.log(
    `${SESSIONS} sessions of two, ${SIGNALS_PER_SECOND} signals a second each (${(sentWhileMeasured / (MEASURED_MS / 1_000)).toFixed(0)} a second in all): ` +
      `${latenciesMs.length} of ${sentWhileMeasured} arrived while it was measured; from peer to peer p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms; ` +
      `both in the call after p50 ${ms(0.5, joinedAfterMs)} ms, p99 ${ms(0.99, joinedAfterMs)} ms`,
  );
} finally {
  await server.stop();
}
process.exit(0);

/** Two people who have agreed on a session that begins in a minute. */
async function plan(at: WorkerdServer): Promise<Pair> {
  const [host, guest] = await Promise.all([signIn(at), signIn(at)]);
  const start = Date.now() + 60_000;
  const body = {
    sessionType: "VIDEO_1V1",
    scheduledStartTime: new Date(start).toISOString(),
    scheduledEndTime: new Date(start + 30 * 60_000).toISOString(),
    primaryLanguage: "ko",
    secondaryLanguage: "en",
    inviteeIds: [guest.user.id],
  };
  const { id: sessionId } = created.parse(await post(at, "/v1/sessions", body, host));
  await post(at, `/v1/sessions/${sessionId}/confirm`, {}, guest);
  return { host, guest, sessionId };
}

async function join(
  at: WorkerdServer,
  { accessToken }: Person,
  { sessionId }: Pair,
  onFrame: (frame: ServerFrame) => void,
): Promise<RawSocket> {
  const url = `${at.url.replace("http", "ws")}v1/sessions/${sessionId}/socket`;
  const socket = new RawSocket(url, { token: accessToken, encoding: "msgpack", keep: false, onFrame });
  await socket.waitFor("welcome");
  await socket.request({ type: "join", media: MEDIA });
  return socket;
}

async function signIn(at: WorkerdServer): Promise<Person> {
  return signedIn.parse(await post(at, "/v1/auth/dev-login", { email: `${crypto.randomUUID()}@bench.example` }));
}

async function post(at: WorkerdServer, path: string, body: object, caller?: Person): Promise<unknown> {
  const response = await fetch(new URL(path, at.url), {
    method: "POST",
    headers: { "content-type": "application/json", ...(caller && { authorization: `Bearer ${caller.accessToken}` }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
