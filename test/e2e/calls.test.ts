/** Two peers that are no browser, in a call through the real server: its signals are for whoever speaks WebRTC. */
import nodeDataChannel from "node-datachannel";
import { RTCPeerConnection } from "node-datachannel/polyfill";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Call,
  connectSession,
  createCall,
  type LiveSession,
  type PeerConnectionConstructor,
} from "../../src/client/session/index.ts";
import { until } from "../../src/local/until.ts";
import { type Person, signIn } from "./support/people.ts";
import { cleanUp, freePort, newStateFolder, startServer } from "./support/server.ts";

interface Peer {
  readonly person: Person;
  readonly session: LiveSession;
  readonly call: Call;
}

let people: readonly Person[] = [];
const entered: Peer[] = [];

beforeAll(async () => {
  const environment = { STUN_URLS: "" };
  const { baseUrl } = await startServer({ stateFolder: newStateFolder(), port: await freePort(), environment });
  people = await Promise.all(["Ara", "Bomi", "Chris"].map((name) => signIn(baseUrl, name)));
});

afterAll(async () => {
  await cleanUp();
  for (const { call, session } of entered) {
    call.close();
    session.close();
  }
  for (const { client } of people) client.close();
  // It waits for every connection that is still open.
  nodeDataChannel.cleanup();
});

async function planCall(): Promise<number> {
  const [host, ...guests] = people;
  if (host === undefined) throw new Error("There is a host.");
  const start = Date.now() + 2_000;
  const { id } = await host.client.request<{ id: number }>({
    ...{ method: "POST", path: "/v1/sessions" },
    body: {
      ...{ sessionType: "GROUP_VIDEO", primaryLanguage: "ko", secondaryLanguage: "en" },
      inviteeIds: guests.map(({ id: userId }) => userId),
      scheduledStartTime: new Date(start).toISOString(),
      scheduledEndTime: new Date(start + 600_000).toISOString(),
    },
  });
  for (const { client } of guests) await client.request({ method: "POST", path: `/v1/sessions/${id}/confirm` });
  return id;
}

function enter(person: Person, sessionId: number): Peer {
  const session = connectSession(person.client, sessionId);
  // Without microphones and cameras a channel is all there is.
  const PeerConnection = RTCPeerConnection as unknown as PeerConnectionConstructor; // as far as a channel needs it
  const call = createCall(session, { RTCPeerConnection: PeerConnection, kinds: [] });
  const peer = { person, session, call };
  entered.push(peer);
  return peer;
}

const states = ({ call }: Peer) => call.getSnapshot().peers.map(({ state }) => state);
const soon = (isSo: () => boolean) => until(isSo, { limitMs: 20_000 });

it("peers of node-datachannel find each other, all of three, and again after one came back", async () => {
  const sessionId = await planCall();
  const peers = people.map((person) => enter(person, sessionId));
  for (const { call } of peers) await call.join();
  const areConnected = () => peers.every((peer) => states(peer).join() === "connected,connected");
  const began = Date.now();
  expect(await soon(areConnected), JSON.stringify(peers.map(states))).toBe(true);
  console.log(`Three peers on three legs ${Date.now() - began} ms after the last had joined.`);
  const stats = await peers[0]?.call.stats();
  expect([...(stats?.values() ?? [])].map(({ path }) => path)).not.toContain(null);

  // From elsewhere: the one before is superseded, and everybody has a fresh connection.
  const [first, second] = peers;
  if (first === undefined || second === undefined) throw new Error("There are three.");
  const again = enter(second.person, sessionId);
  await again.call.join();
  expect(await soon(() => second.session.getSnapshot().connection.reason === "superseded")).toBe(true);
  expect(second.call.getSnapshot()).toMatchObject({ state: "out", peers: [] });
  expect(await soon(() => states(again).join() === "connected,connected"), JSON.stringify(states(again))).toBe(true);
  expect(await soon(() => states(first).join() === "connected,connected"), JSON.stringify(states(first))).toBe(true);
});
