/** Two peers that may offer at the same moment, over a wire that the test holds: what they agree on, and how they come back. */
import { describe, expect, it, onTestFinished } from "vitest";
import { MEDIA_KINDS, NO_TRACKS } from "../../src/client/session/call/kinds.ts";
import { linkState, receptionOf, restartAfter } from "../../src/client/session/call/negotiation-rules.ts";
import { type OutgoingSignal, PeerLink } from "../../src/client/session/call/peer-link.ts";
import { ownTime, pass } from "./support/devices.ts";
import { type FakePeer, fakePeers } from "./support/fake-peer.ts";

describe("A description that has come", () => {
  const cases: readonly [string, Parameters<typeof receptionOf>, ReturnType<typeof receptionOf>][] = [
    [
      "an offer to whoever has none",
      ["offer", { isPolite: false, signalingState: "stable", hasAgreed: false }],
      "take",
    ],
    [
      "an offer to the impolite one that has one",
      ["offer", { isPolite: false, signalingState: "have-local-offer", hasAgreed: true }],
      "ignore",
    ],
    [
      "an offer to the polite one that has one",
      ["offer", { isPolite: true, signalingState: "have-local-offer", hasAgreed: true }],
      "yield",
    ],
    [
      "the same, of the first offers",
      ["offer", { isPolite: true, signalingState: "have-local-offer", hasAgreed: false }],
      "begin anew",
    ],
    [
      "an answer to one's offer",
      ["answer", { isPolite: true, signalingState: "have-local-offer", hasAgreed: false }],
      "take",
    ],
    ["an answer to nothing", ["answer", { isPolite: true, signalingState: "stable", hasAgreed: true }], "ignore"],
  ];
  it.each(cases)("%s", (_name, given, expected) => {
    expect(receptionOf(...given)).toBe(expected);
  });
});

describe("A connection in trouble", () => {
  const polite = { isPolite: true, restarts: 0 };
  const impolite = { isPolite: false, restarts: 0 };
  it("is restarted at once when it has failed, by the impolite one first", () => {
    expect(restartAfter({ ...impolite, state: "failed" })).toBe(0);
    expect(restartAfter({ ...polite, state: "failed" })).toBeGreaterThan(1_000);
  });
  it("is given a few seconds when it is disconnected, and longer with each try that did not help", () => {
    expect(restartAfter({ ...impolite, state: "disconnected" })).toBe(3_000);
    const waits = [0, 1, 2, 3, 4, 9].map((restarts) => restartAfter({ ...impolite, state: "failed", restarts }) ?? -1);
    expect(waits).toEqual([0, 4_000, 8_000, 12_000, 12_000, 12_000]);
  });
  it("is left alone while it is fine, and once it is closed", () => {
    expect(restartAfter({ ...impolite, state: "connected" })).toBeUndefined();
    expect(restartAfter({ ...impolite, state: "closed" })).toBeUndefined();
  });
  it("is interrupted where it was there before, or could not be made", () => {
    expect([linkState("new", false), linkState("connecting", false), linkState("connecting", true)]).toEqual([
      ...["connecting", "connecting", "interrupted"],
    ]);
    expect([linkState("failed", false), linkState("disconnected", true), linkState("connected", true)]).toEqual([
      ...["interrupted", "interrupted", "connected"],
    ]);
  });
});

interface Side {
  readonly link: PeerLink;
  readonly peers: ReturnType<typeof fakePeers>;
  /** What is on its way to the other. */
  readonly wire: OutgoingSignal[];
  readonly log: string[];
}

/** Two links; `a` is polite. Nothing arrives before the test says so. */
function twoLinks({ aIsFirst = false, bIsFirst = true } = {}) {
  ownTime();
  const all = new Map<number, FakePeer>();
  const side = (isPolite: boolean, isFirst: boolean): Side => {
    const peers = fakePeers(all);
    const wire: OutgoingSignal[] = [];
    const log: string[] = [];
    const link = new PeerLink({
      ...{ PeerConnection: peers.PeerConnection, configuration: async () => ({}), kinds: MEDIA_KINDS },
      ...{ isPolite, isFirst, tracks: NO_TRACKS, limits: () => ({}), onChange: () => {} },
      onBroken: () => log.push("broken"),
      send: (signal) => wire.push(structuredClone(signal)),
      debug: (detail) => log.push(detail),
    });
    onTestFinished(() => link.close());
    return { link, peers, wire, log };
  };
  const a = side(true, aIsFirst);
  const b = side(false, bIsFirst);
  const deliver = async (from: Side, to: Side, keep: (signal: OutgoingSignal) => boolean = () => true) => {
    const arriving = from.wire.splice(0);
    for (const signal of arriving) if (keep(signal)) to.link.receive({ from: 1, generation: 1, ...signal } as never);
    await pass(0);
    return arriving.length;
  };
  /** Everything arrives, until nobody has anything to say. */
  const talk = async () => {
    await pass(0);
    for (let round = 0; round < 20; round += 1) {
      const moved = (await deliver(a, b)) + (await deliver(b, a));
      if (moved === 0) return;
    }
    throw new Error("They never stop.");
  };
  const agree = () => {
    expect([a.link.state, b.link.state]).toEqual(["connected", "connected"]);
    expect(a.peers.last.partner).toBe(b.peers.last);
    expect(b.peers.last.partner).toBe(a.peers.last);
  };
  return { a, b, deliver, talk, agree };
}

const types = (signals: readonly OutgoingSignal[]) =>
  signals.flatMap((signal) => ("description" in signal ? [signal.description.type] : []));

describe("Two peers", () => {
  it("agree with one offer where one of them was there before", async () => {
    const { a, b, talk, agree } = twoLinks();
    await pass(0);
    expect([types(a.wire), types(b.wire)]).toEqual([[], ["offer"]]);
    await talk();
    agree();
    expect([a.log, b.log].flat().filter((line) => line.includes("Error"))).toEqual([]);
    expect(a.peers.last.candidates).toHaveLength(1);
  });

  it("have a section for each kind, in the same order on both sides", async () => {
    const { a, b, talk } = twoLinks();
    await talk();
    const kinds = ({ peers }: Side) => peers.last.transceivers.map(({ receiver }) => receiver.track.kind);
    expect([kinds(a), kinds(b)]).toEqual([
      ["audio", "video", "video"],
      ["audio", "video", "video"],
    ]);
    const camera = { id: "camera" } as unknown as MediaStreamTrack;
    a.link.setTracks({ ...NO_TRACKS, camera });
    await talk();
    expect(a.peers.last.transceivers.map(({ sender }) => sender.track)).toEqual([null, camera, null]);
    expect(b.link.received.camera).toBe(b.peers.last.transceivers[1]?.receiver.track);
    expect(types([...a.wire, ...b.wire])).toEqual([]);
  });

  it("agree where both offer at once: the polite one begins anew and answers", async () => {
    const { a, b, talk, agree } = twoLinks({ aIsFirst: true });
    await pass(0);
    expect([types(a.wire), types(b.wire)]).toEqual([["offer"], ["offer"]]);
    await talk();
    agree();
    expect([a.peers.made.length, b.peers.made.length]).toEqual([2, 1]);
    // Candidates of the offer that did not hold were for nobody.
    expect(b.log.filter((line) => line.startsWith("candidate"))).toEqual([]);
  });

  it("agree where nobody was there before: after a while one of them offers", async () => {
    const { a, b, talk, agree } = twoLinks({ bIsFirst: false });
    await talk();
    expect([a.link.state, b.link.state]).toEqual(["connecting", "connecting"]);
    await pass(1_600);
    await talk();
    agree();
  });

  it("agree although the first offer was dropped on the way: it is said again", async () => {
    const { a, b, deliver, talk, agree } = twoLinks();
    await pass(0);
    await deliver(b, a, () => false);
    await pass(1_600);
    // By now the other one has offered too.
    await deliver(a, b, () => false);
    await pass(4_000);
    await talk();
    agree();
  });

  it("agree although the answer was dropped on the way", async () => {
    const { a, b, deliver, talk, agree } = twoLinks();
    await pass(0);
    await deliver(b, a);
    await deliver(a, b, () => false);
    await pass(4_500);
    await talk();
    agree();
  });

  it("restart once each where both find the connection gone, and offer at the same moment", async () => {
    const { a, b, talk, agree } = twoLinks();
    await talk();
    a.link.restart();
    b.link.restart();
    await pass(0);
    expect([types(a.wire), types(b.wire)]).toEqual([["offer"], ["offer"]]);
    await talk();
    agree();
    expect([a.peers.made.length, b.peers.made.length]).toEqual([1, 1]);
    expect(b.peers.last.restarts).toBe(1);
  });

  it("wait a few seconds for a connection that is disconnected, and restart it then", async () => {
    const { a, b, talk } = twoLinks();
    await talk();
    for (const { peers } of [a, b]) peers.last.become("disconnected");
    await pass(2_000);
    expect([...types(a.wire), ...types(b.wire)]).toEqual([]);
    await pass(1_500);
    expect(types(b.wire)).toEqual(["offer"]);
    expect(a.link.state).toBe("interrupted");
    await talk();
    expect(b.peers.last.restarts).toBe(1);
  });

  it("do not restart what came back by itself", async () => {
    const { a, b, talk } = twoLinks();
    await talk();
    for (const { peers } of [a, b]) peers.last.become("disconnected");
    await pass(2_000);
    for (const { peers } of [a, b]) peers.last.become("connected");
    await pass(20_000);
    expect([a.peers.last.restarts, b.peers.last.restarts]).toEqual([0, 0]);
  });

  it("say nothing any more once they are closed", async () => {
    const { a, b, talk } = twoLinks();
    await talk();
    b.link.close();
    a.peers.last.become("failed");
    await pass(30_000);
    expect(b.wire).toEqual([]);
    expect(b.link.state).toBe("interrupted");
  });

  it("say that it is broken where a description cannot be taken, the impolite one later", async () => {
    const { a, b, talk } = twoLinks();
    await talk();
    for (const { link } of [a, b]) {
      link.receive({ from: 1, generation: 1, description: { type: "offer", sdp: "nonsense" } });
    }
    await pass(0);
    expect([a.log.at(-1), b.log.at(-1)]).toEqual(["broken", "description: SyntaxError"]);
    await pass(3_000);
    expect(b.log.at(-1)).toBe("broken");
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed))("agree whatever is late or lost: story %i", async (seed) => {
    const { a, b, deliver, talk, agree } = twoLinks({ aIsFirst: seed % 2 === 0, bIsFirst: seed % 3 === 0 });
    let state = seed + 1;
    const chance = (most: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (state / 2_147_483_648) * most;
    };
    for (let step = 0; step < 25; step += 1) {
      const what = chance(6);
      if (what < 2) await deliver(a, b, () => chance(10) > 2);
      else if (what < 4) await deliver(b, a, () => chance(10) > 2);
      else if (what < 4.5) a.link.restart();
      else if (what < 5) b.link.restart();
      else await pass(chance(3_000));
    }
    // The wire is whole again.
    for (let round = 0; round < 6; round += 1) {
      await talk();
      await pass(5_000);
    }
    await talk();
    agree();
    expect([...a.log, ...b.log].filter((line) => line === "broken")).toEqual([]);
  });
});
