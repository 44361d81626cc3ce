/** Calls of the tests: people in a session, through the Worker as clients come. */
import type { Encoding } from "../../schema/protocol/version.ts";
import { call, type SignedIn } from "./http.ts";
import { planned, told } from "./planned.ts";
import { type AnyFrame, TestSocket } from "./sockets.ts";

export type CallSocket = TestSocket & { readonly welcome: AnyFrame };

const MEDIA = { audio: true, video: true, screen: false };
/** One can be in it already, and it has not begun. */
const IN_HOURS = 5 / 60;

export function knockAt(sessionId: number, { token }: SignedIn, encoding: Encoding = "json"): Promise<Response> {
  const headers = {
    upgrade: "websocket",
    authorization: `Bearer ${token}`,
    "sec-websocket-protocol": `studymate.v1.${encoding}`,
  };
  return call("GET", `/v1/sessions/${sessionId}/socket`, { headers });
}

/** A live socket of a session, after its `welcome`. */
export async function enterSession(sessionId: number, person: SignedIn, encoding?: Encoding): Promise<CallSocket> {
  const response = await knockAt(sessionId, person, encoding);
  if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  const socket = new TestSocket(response.webSocket, encoding ?? "json", "session");
  return Object.assign(socket, { welcome: await socket.waitFor("welcome") });
}

async function granted(socket: TestSocket, frame: object): Promise<void> {
  const answer = await socket.request(frame);
  if (answer.type !== "ack") throw new Error(`refused: ${JSON.stringify(answer)}`);
}

/** In the call as well. */
export async function joinCall(sessionId: number, person: SignedIn): Promise<CallSocket> {
  const socket = await enterSession(sessionId, person);
  await granted(socket, { type: "join", media: MEDIA });
  return socket;
}

export interface Call {
  readonly id: number;
  /** In the order of the people, the host first. */
  readonly sockets: readonly CallSocket[];
}

/** A session of these, the first of them the host, that is under way with all of them. */
export function callOf(host: SignedIn, ...guests: readonly SignedIn[]): Promise<Call> {
  return callWithout([], host, ...guests);
}

/** These said yes as well, and do not come. */
export async function callWithout(
  absent: readonly SignedIn[],
  host: SignedIn,
  ...guests: readonly SignedIn[]
): Promise<Call> {
  const asked = [...guests, ...absent];
  const { id } = await planned(host, asked, { inHours: IN_HOURS, body: { sessionType: "GROUP_VIDEO" } });
  for (const guest of asked) await told(guest, id, "confirm");
  const sockets: CallSocket[] = [];
  for (const person of [host, ...guests]) sockets.push(await joinCall(id, person));
  return { id, sockets };
}

/** The host of it records, with everybody's consent. */
export async function recordedCallOf(host: SignedIn, ...guests: readonly SignedIn[]): Promise<Call> {
  return recordedBy(await callOf(host, ...guests));
}

export async function recordedBy(made: Call): Promise<Call> {
  for (const socket of made.sockets) await granted(socket, { type: "recording.consent", granted: true });
  const [first] = made.sockets;
  if (first) await granted(first, { type: "recording.start" });
  return made;
}

/** Ended by its host. */
export async function endCall({ sockets }: Call): Promise<void> {
  const [first] = sockets;
  if (first) await granted(first, { type: "end" });
  for (const socket of sockets) await socket.waitForClose();
}
