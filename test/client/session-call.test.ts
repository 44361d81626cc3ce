/** A call over fake sockets and fake connections: who is connected to whom, what is sent, and what is said of it. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { createCall } from "../../src/client/session/call/call.ts";
import { contained, gridOf } from "../../src/client/session/call/composition.ts";
import { type LinkStats, qualityOf, summarize } from "../../src/client/session/call/link-stats.ts";
import type { CallOptions } from "../../src/client/session/call/live-call.ts";
import { RecordingUpload } from "../../src/client/session/call/recording-upload.ts";
import { SpeakingDetector } from "../../src/client/session/call/speaking.ts";
import { ownTime, pass, until } from "./support/devices.ts";
import { fakePeers } from "./support/fake-peer.ts";
import { AT, peerOf, planned, scriptedSession } from "./support/scripted-session.ts";

class FakeStream {
  readonly tracks: readonly unknown[];
  constructor(tracks: readonly unknown[]) {
    this.tracks = tracks;
  }
}

beforeAll(() => {
  vi.stubGlobal("MediaStream", FakeStream);
});

function fakeTrack(kind: string) {
  const track = { kind, enabled: true, readyState: "live", onended: null as (() => void) | null, contentHint: "" };
  return { ...track, stop: vi.fn(), applyConstraints: vi.fn(async () => {}) };
}

type FakeTrack = ReturnType<typeof fakeTrack>;

/** Devices that say yes, or what they are told to. */
function fakeDevices(refuse: (asked: unknown) => string | undefined = () => undefined) {
  const tracks: FakeTrack[] = [];
  const give = async (kind: string, asked?: unknown) => {
    const name = refuse(asked);
    if (name !== undefined) throw new DOMException("No.", name);
    const track = fakeTrack(kind);
    tracks.push(track);
    return { getTracks: () => [track] };
  };
  const devices = {
    getUserMedia: ({ audio, video }: MediaStreamConstraints) =>
      audio === undefined ? give("video", video) : give("audio", audio),
    getDisplayMedia: () => give("screen"),
  };
  return { tracks, mediaDevices: devices as unknown as NonNullable<CallOptions["mediaDevices"]> }; // the part that is used
}

function scriptedCall(options: CallOptions = {}, script: Parameters<typeof scriptedSession>[0] = {}) {
  const scripted = scriptedSession(script);
  const peers = fakePeers();
  const { tracks, mediaDevices } = fakeDevices();
  let level = 0;
  const call = createCall(scripted.session, {
    ...{ RTCPeerConnection: peers.PeerConnection, mediaDevices },
    meterOf: () => ({ level: () => level, stop: () => {} }),
    ...options,
  });
  const join = async (generation = 1) => {
    const joined = call.join();
    await pass(0);
    scripted.answer("join", { generation });
    await joined;
    await pass(0);
  };
  const setLevel = (next: number) => {
    level = next;
  };
  return { ...scripted, peers, tracks, call, join, setLevel };
}

const open = (made: readonly { readonly connectionState: string }[]) =>
  made.filter(({ connectionState }) => connectionState !== "closed").length;

describe("The connections of a call", () => {
  it("are to everybody in it, from when one is in it oneself", async () => {
    const { call, peers, begin, join, wire } = scriptedCall();
    await begin({ peers: [peerOf(2), peerOf(3, { joined: false })] });
    expect(peers.made).toEqual([]);
    await join();
    expect(call.getSnapshot()).toMatchObject({ state: "in", peers: [{ userId: 2, state: "connecting" }] });
    wire.last.serve({ type: "peer.joined", peer: peerOf(3) });
    await pass(0);
    expect(call.getSnapshot().peers.map(({ userId }) => userId)).toEqual([2, 3]);
    wire.last.serve({ type: "peer.left", userId: 2, reason: "left" });
    expect(call.getSnapshot().peers.map(({ userId }) => userId)).toEqual([3]);
    expect(open(peers.made)).toBe(1);
  });

  it("are offered by whoever was there before, to the generation that came", async () => {
    const { begin, join, wire, sent } = scriptedCall();
    await begin({ peers: [peerOf(2)] });
    await join();
    expect(sent("signal")).toEqual([]);
    wire.last.serve({ type: "peer.joined", peer: peerOf(3, { generation: 7 }) });
    await pass(1);
    expect(sent("signal").filter(({ description }) => description)).toMatchObject([
      { to: 3, toGeneration: 7, description: { type: "offer" } },
    ]);
  });

  it("are fresh for another generation of the peer, and the old one is heard until then", async () => {
    const { call, begin, join, wire, peers } = scriptedCall();
    await begin({ peers: [peerOf(2)] });
    await join();
    const before = peers.last;
    before.become("connected");
    wire.last.serve({ type: "peer.updated", peer: peerOf(2, { generation: 2 }) });
    await pass(0);
    expect(peers.made).toHaveLength(2);
    expect(call.getSnapshot().peers).toMatchObject([{ state: "connected" }]);
    expect(before.connectionState).toBe("connected");
    peers.last.become("connected");
    expect(before.connectionState).toBe("closed");
    expect(call.getSnapshot().peers).toMatchObject([{ state: "connected" }]);
  });

  it("go on to a peer who has another connection, until they come again; not for long where they do not", async () => {
    const { call, begin, join, wire, peers } = scriptedCall();
    await begin({ peers: [peerOf(2)] });
    await join();
    for (const comesAgain of [true, false]) {
      const before = peers.last;
      before.become("connected");
      wire.last.serve(
        { type: "peer.left", userId: 2, reason: "superseded" },
        { type: "peer.updated", peer: peerOf(2, { generation: 2, joined: false }) },
      );
      await pass(1_000);
      expect(call.getSnapshot().peers).toMatchObject([{ state: "connected" }]);
      if (comesAgain) wire.last.serve({ type: "peer.joined", peer: peerOf(2, { generation: 2 }) });
      await pass(5_000);
      expect(call.getSnapshot().peers).toHaveLength(comesAgain ? 1 : 0);
    }
    expect(open(peers.made)).toBe(0);
  });

  it("end after a while where the fresh one does not come", async () => {
    const { begin, join, wire, peers } = scriptedCall();
    await begin({ peers: [peerOf(2)] });
    await join();
    const before = peers.last;
    before.become("connected");
    wire.last.serve({ type: "peer.updated", peer: peerOf(2, { generation: 2 }) });
    await pass(9_000);
    expect(before.connectionState).toBe("closed");
  });

  it("are fresh after one's own connection was lost, and stay until then", async () => {
    const { call, begin, join, wire, peers, welcome, answer } = scriptedCall();
    await begin({ peers: [peerOf(2)] });
    await join();
    peers.last.become("connected");
    wire.last.drop();
    expect(call.getSnapshot()).toMatchObject({ state: "reconnecting", peers: [{ state: "connected" }] });
    await until(() => wire.sockets.length === 2);
    welcome({ you: { userId: 1, role: "HOST", generation: 2 }, peers: [peerOf(2)] });
    await pass(0);
    answer("join", { generation: 2 });
    await pass(0);
    expect(peers.made).toHaveLength(2);
    expect(call.getSnapshot().state).toBe("in");
  });

  it("are all fresh, as another generation, where one has broken for good; and not again at once", async () => {
    const { call, begin, join, wire, peers, welcome, answer } = scriptedCall();
    await begin({ peers: [peerOf(2), peerOf(3)] });
    await join();
    for (const peer of peers.made) peer.become("connected");
    peers.made[0]?.become("closed");
    await until(() => wire.sockets.length === 2);
    welcome({ you: { userId: 1, role: "HOST", generation: 2 }, peers: [peerOf(2), peerOf(3)] });
    await pass(0);
    answer("join", { generation: 2 });
    await pass(0);
    expect(peers.made).toHaveLength(4);
    expect(call.getSnapshot().state).toBe("in");
    wire.last.onPing = () => wire.last.serveText("pong");
    peers.last.become("closed");
    await pass(10_000);
    expect(wire.sockets).toHaveLength(2);
  });

  it("hear no signal of another generation", async () => {
    const { begin, join, wire, peers } = scriptedCall();
    await begin({ peers: [peerOf(2, { generation: 3 })] });
    await join();
    const description = { type: "offer" as const, sdp: JSON.stringify({ id: 99, ice: 0 }) };
    for (const generation of [2, 4]) wire.last.serve({ type: "signal", from: 2, generation, description });
    await pass(0);
    expect(peers.last.signalingState).toBe("stable");
    expect(peers.last.localDescription).toBeNull();
    wire.last.serve({ type: "signal", from: 2, generation: 3, description });
    await pass(0);
    expect(peers.last.localDescription).toMatchObject({ type: "answer" });
  });

  it("go through a relay alone where that is asked for, with what the server names", async () => {
    const { begin, join, peers } = scriptedCall({ relayOnly: true });
    const iceServers = [{ urls: ["turn:relay.example:3478"], username: "u", credential: "c" }];
    await begin({ iceServers, peers: [peerOf(2)] });
    await join();
    expect(peers.last.configuration).toEqual({ iceServers, iceTransportPolicy: "relay" });
  });

  it("ask for other credentials where theirs are old", async () => {
    const asked: string[] = [];
    const fresh = [{ urls: ["turn:fresh.example"], username: "u2", credential: "c2" }];
    const fetch = async (input: string | URL | Request) => {
      asked.push(new URL(String(input)).pathname);
      return Response.json({ iceServers: fresh, expiresAt: null });
    };
    const { begin, join, peers, wire } = scriptedCall({}, { fetch });
    await begin({ peers: [peerOf(2)] });
    await join();
    peers.last.become("connected");
    wire.last.onPing = () => wire.last.serveText("pong");
    await pass(11 * 60_000);
    expect(asked).toEqual([]);
    peers.last.become("failed");
    await until(() => peers.last.restarts === 1 || asked.length > 0);
    await pass(0);
    expect(asked).toEqual(["/v1/ice-servers"]);
    expect(peers.last.configuration.iceServers).toEqual(fresh);
  });

  it("are all ended when one leaves, and when the session is over", async () => {
    for (const how of ["leave", "end", "superseded"] as const) {
      const { call, begin, join, peers, wire, tracks, session } = scriptedCall();
      await begin({ peers: [peerOf(2), peerOf(3)] });
      await call.turnOn("microphone");
      await join();
      if (how === "leave") call.leave().catch(() => {});
      else if (how === "superseded") wire.last.drop(4408);
      else {
        const over = session.getSnapshot().session;
        if (over === null) throw new Error("It is known.");
        wire.last.serve({
          type: "session.ended",
          reason: "HOST",
          summary: { session: over, participants: [], duration: 1 },
        });
      }
      await pass(0);
      expect([how, call.getSnapshot().state, open(peers.made)]).toEqual([how, "out", 0]);
      expect(tracks[0]?.stop).toHaveBeenCalled();
    }
  });
});

describe("One's own media", () => {
  it("is said and sent as it is turned on and off", async () => {
    const { call, begin, join, sent, peers } = scriptedCall();
    await begin({ peers: [peerOf(2)] });
    await call.turnOn("microphone");
    await join();
    expect(sent("join")).toMatchObject([{ media: { audio: true, video: false, screen: false } }]);
    await pass(1_600);
    await call.turnOn("camera");
    await pass(0);
    const { camera } = call.getSnapshot();
    expect(peers.last.transceivers[1]?.sender.track).toBe(camera.track);
    call.turnOff("camera");
    await pass(0);
    expect(peers.last.transceivers[1]?.sender.track).toBeNull();
    expect(sent("media").map(({ video }) => video)).toEqual([true, false]);
  });

  it("is given back: a camera that is off has no light, a microphone that is muted is kept and silent", async () => {
    const { call, begin, tracks } = scriptedCall();
    await begin();
    await call.turnOn("camera");
    await call.turnOn("microphone");
    call.turnOff("camera");
    call.turnOff("microphone");
    const [camera, microphone] = tracks;
    expect(camera?.stop).toHaveBeenCalled();
    expect(microphone?.stop).not.toHaveBeenCalled();
    expect(microphone?.enabled).toBe(false);
    await call.turnOn("microphone");
    expect(microphone?.enabled).toBe(true);
    expect(tracks).toHaveLength(2);
  });

  it.each([
    ["NotAllowedError", "denied"],
    ["NotFoundError", "missing"],
    ["NotReadableError", "busy"],
  ])("says why it is not on: %s", async (name, problem) => {
    const { mediaDevices } = fakeDevices(() => name);
    const { call, begin } = scriptedCall({ mediaDevices });
    await begin();
    expect(await call.turnOn("camera")).toBe(false);
    expect(call.getSnapshot().camera).toMatchObject({ isOn: false, problem });
  });

  it("is another one where the one that was chosen is not there any more", async () => {
    const isChosen = (asked: unknown) => JSON.stringify(asked).includes('"exact":"gone"');
    const { mediaDevices } = fakeDevices((asked) => (isChosen(asked) ? "OverconstrainedError" : undefined));
    const { call, begin } = scriptedCall({ mediaDevices });
    await begin();
    await call.choose("microphone", "gone");
    expect(await call.turnOn("microphone")).toBe(true);
    expect(call.getSnapshot().microphone).toMatchObject({ isOn: true, deviceId: null, problem: null });
  });

  it("has no problem where somebody has changed their mind about a screen", async () => {
    const { mediaDevices } = fakeDevices(() => "NotAllowedError");
    const { call, begin } = scriptedCall({ mediaDevices });
    await begin();
    expect(await call.turnOn("screen")).toBe(false);
    expect(call.getSnapshot().screen).toMatchObject({ isOn: false, problem: null });
  });

  it("is off where it was turned off before it was there", async () => {
    const { call, begin, tracks } = scriptedCall();
    await begin();
    const turned = call.turnOn("camera");
    call.turnOff("camera");
    expect(await turned).toBe(false);
    expect(tracks[0]?.stop).toHaveBeenCalled();
    expect(call.getSnapshot().camera).toMatchObject({ isOn: false, track: null });
  });

  it("is off where it was pulled out", async () => {
    const { call, begin, join, tracks, sent } = scriptedCall();
    await begin();
    await call.turnOn("microphone");
    await join();
    tracks[0]?.onended?.();
    await pass(0);
    expect(call.getSnapshot().microphone).toMatchObject({ isOn: false, problem: "missing" });
    expect(sent("media")).toMatchObject([{ audio: false }]);
  });

  it("is muted where the host asks for it", async () => {
    const { call, begin, join, wire, sent } = scriptedCall();
    await begin();
    await call.turnOn("microphone");
    await join();
    wire.last.serve({ type: "mute.requested", userId: 9 });
    await pass(0);
    expect(call.getSnapshot().microphone.isOn).toBe(false);
    expect(sent("media")).toMatchObject([{ audio: false }]);
  });
});

describe("Talking", () => {
  it("is told when it begins, again every twenty seconds, and when it ends", async () => {
    const { call, begin, join, wire, sent, setLevel } = scriptedCall();
    await begin();
    await call.turnOn("microphone");
    await join();
    wire.last.onPing = () => wire.last.serveText("pong");
    setLevel(0.1);
    await pass(1_000);
    expect(call.getSnapshot().isSpeaking).toBe(true);
    await pass(45_000);
    setLevel(0);
    await pass(3_000);
    expect(sent("speaking").map(({ active }) => active)).toEqual([true, true, true, false]);
    expect(call.getSnapshot().isSpeaking).toBe(false);
  });

  it("that began before it counts is told once it does: when two are in the call, and after a lost connection", async () => {
    const { call, begin, join, wire, sent, setLevel, welcome, answer } = scriptedCall();
    await begin();
    await call.turnOn("microphone");
    setLevel(0.1);
    await pass(1_000);
    await join();
    expect(sent("speaking")).toEqual([]);
    const session = { ...planned, status: "IN_PROGRESS" as const };
    wire.last.serve({ type: "session.started", session, language: "ko", nextSwitchAt: null, endsAt: AT });
    expect(sent("speaking")).toMatchObject([{ active: true }]);
    wire.last.drop();
    await until(() => wire.sockets.length === 2);
    welcome({ session });
    await pass(0);
    answer("join", { generation: 2 });
    expect(sent("speaking")).toMatchObject([{ active: true }]);
  });

  it("is over with the microphone", async () => {
    const { call, begin, join, sent, setLevel } = scriptedCall();
    await begin();
    await call.turnOn("microphone");
    await join();
    setLevel(0.1);
    await pass(1_000);
    call.turnOff("microphone");
    expect(sent("speaking").map(({ active }) => active)).toEqual([true, false]);
  });

  it("is neither a knock nor a pause between words", () => {
    const detector = new SpeakingDetector({
      beginsAbove: 0.1,
      endsBelow: 0.05,
      beginsAfterMs: 150,
      endsAfterMs: 1_000,
    });
    const heard = (levels: readonly [level: number, atMs: number][]) =>
      levels.map(([level, at]) => detector.hear(level, at)).filter((told) => told !== undefined);
    expect(
      heard([
        [0.5, 0],
        [0.5, 100],
        [0, 140],
        [0.5, 200],
        [0.07, 300],
      ]),
    ).toEqual([]);
    expect(
      heard([
        [0.5, 400],
        [0.5, 550],
      ]),
    ).toEqual([true]);
    expect(
      heard([
        [0, 600],
        [0, 1_500],
        [0.07, 1_550],
        [0, 1_600],
        [0, 2_500],
      ]),
    ).toEqual([]);
    expect(heard([[0, 2_600]])).toEqual([false]);
  });
});

describe("What a connection carries", () => {
  const counts = (sent: number, received: number, lost: number) => ({ sent, received, lost });
  const at = (received: number, lost: number, roundTripMs = 20): LinkStats => ({
    ...{ path: "host", roundTripMs, framesDecoded: 0 },
    ...{ audio: counts(0, received, lost), video: counts(0, 0, 0) },
  });

  it("is read from a browser's report", () => {
    const reports = [
      { id: "T", type: "transport", selectedCandidatePairId: "P" },
      { id: "P", type: "candidate-pair", localCandidateId: "L", currentRoundTripTime: 0.042 },
      { id: "L", type: "local-candidate", candidateType: "relay" },
      { id: "I1", type: "inbound-rtp", kind: "audio", packetsReceived: 100, packetsLost: 3 },
      { id: "I2", type: "inbound-rtp", kind: "video", packetsReceived: 50, packetsLost: -1, framesDecoded: 12 },
      { id: "O1", type: "outbound-rtp", kind: "audio", packetsSent: 90 },
      { id: "O2", type: "outbound-rtp", kind: "video", packetsSent: 20 },
      { id: "O3", type: "outbound-rtp", kind: "video", packetsSent: 5 },
    ];
    expect(summarize(new Map(reports.map((report) => [report.id, report])))).toEqual({
      ...{ path: "relay", roundTripMs: 42, framesDecoded: 12 },
      ...{ audio: counts(90, 100, 3), video: counts(25, 50, 0) },
    });
  });

  it.each([
    ["good", at(1_000, 0), at(2_000, 5)],
    ["fair", at(1_000, 0), at(2_000, 40)],
    ["fair", at(1_000, 0), at(2_000, 0, 300)],
    ["poor", at(1_000, 0), at(2_000, 200)],
    ["poor", at(1_000, 0), at(2_000, 0, 900)],
    [null, at(1_000, 0), at(1_000, 0)],
    ["good", undefined, at(10, 0)],
  ] as const)("is %s", (quality, before, now) => {
    expect(qualityOf(before, now)).toBe(quality);
  });
});

describe("What is recorded", () => {
  it("has a place for everybody, and nobody's picture is stretched", () => {
    expect(gridOf(1)).toEqual([{ x: 0, y: 0, width: 640, height: 360 }]);
    expect(gridOf(2).map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [320, 0],
    ]);
    expect(gridOf(4)[3]).toEqual({ x: 320, y: 180, width: 320, height: 180 });
    const place = contained({ width: 100, height: 100 }, { x: 320, y: 0, width: 320, height: 180 });
    expect(place).toEqual({ x: 390, y: 0, width: 180, height: 180 });
  });
});

/** A server that stores parts, and now and then loses an answer. */
function partServer(failures: (path: string, tries: number) => "lost before" | "lost after" | number | undefined) {
  ownTime();
  const parts = new Map<number, string>();
  const asked: string[] = [];
  const tries = new Map<string, number>();
  let completed: unknown;
  const fetch = async (input: string | URL | Request, init: RequestInit = {}) => {
    const path = new URL(String(input)).pathname.replace("/v1/sessions/12/recordings", "");
    const line = `${init.method} ${path}`;
    asked.push(line);
    tries.set(line, (tries.get(line) ?? 0) + 1);
    const failure = failures(line, tries.get(line) ?? 0);
    if (failure === "lost before") throw new TypeError("away");
    if (typeof failure === "number") {
      const headers = { "content-type": "application/problem+json" };
      return new Response(JSON.stringify({ code: failure === 403 ? "forbidden" : "unavailable" }), {
        status: failure,
        headers,
      });
    }
    const number = Number(/parts\/(\d+)/.exec(path)?.[1]);
    if (init.method === "PUT" && init.body instanceof Blob) parts.set(number, await init.body.text());
    if (path.endsWith("/complete")) completed = JSON.parse(String(init.body));
    if (failure === "lost after") throw new TypeError("away");
    if (path.endsWith("/upload")) {
      return Response.json({ parts: [...parts].map(([at, text]) => ({ number: at, size: text.length, etag: "" })) });
    }
    return Response.json({ id: 3, partSize: 4, maxParts: 10 });
  };
  const client = createClient({ baseUrl: "https://studymate.example", token: () => "token", fetch });
  const upload = new RecordingUpload({ client, sessionId: 12, contentType: "video/webm" });
  const stored = () => [...parts.keys()].sort().map((number) => parts.get(number));
  return { upload, asked, stored, completed: () => completed };
}

describe("The upload of a recording", () => {
  it("sends parts as they fill, and the rest at the end", async () => {
    const { upload, stored, completed, asked } = partServer(() => undefined);
    upload.add(new Blob(["ab"]));
    upload.add(new Blob(["cdefghi"]));
    await until(() => stored().length === 2);
    upload.add(new Blob(["j"]));
    const finished = upload.finish({ duration: 7 });
    await until(() => completed() !== undefined);
    await finished;
    expect(stored()).toEqual(["abcd", "efgh", "ij"]);
    expect(completed()).toEqual({ duration: 7 });
    expect(asked.at(-1)).toBe("POST /3/complete");
  });

  it("tries again what was lost, and does not send twice what had arrived", async () => {
    const { upload, stored, asked, completed } = partServer((line, tries) => {
      if (tries > 1) return undefined;
      if (line === "POST ") return 503;
      if (line === "PUT /3/parts/1") return "lost before";
      return line === "PUT /3/parts/2" ? "lost after" : undefined;
    });
    upload.add(new Blob(["abcdefgh"]));
    const finished = upload.finish({ duration: 1 });
    await until(() => completed() !== undefined);
    await finished;
    expect(stored()).toEqual(["abcd", "efgh"]);
    expect(asked.filter((line) => line === "PUT /3/parts/1")).toHaveLength(2);
    expect(asked.filter((line) => line === "PUT /3/parts/2")).toHaveLength(1);
  });

  it("says why where it is refused for good", async () => {
    const { upload } = partServer((line) => (line === "POST " ? 403 : undefined));
    upload.add(new Blob(["abcdefgh"]));
    await expect(upload.finish({ duration: 1 })).rejects.toMatchObject({ code: "forbidden" });
  });
});
