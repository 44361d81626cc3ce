/** A session's connection over fake sockets, in the test's own time; the server is the test's. You are user 1. */
import { onTestFinished } from "vitest";
import type { SessionClientFrame } from "../../../schema/protocol/session/client-frames.ts";
import type { Peer } from "../../../schema/protocol/session/entities.ts";
import type { SessionWelcome } from "../../../schema/protocol/session/server-frames.ts";
import type { LearningSession } from "../../../schema/sessions.ts";
import { type ClientOptions, createClient } from "../../../src/client/index.ts";
import { connectSession } from "../../../src/client/session/session.ts";
import { ownTime, pass } from "./devices.ts";
import { fakeSockets } from "./fake-socket.ts";

type Sent<Type> = Extract<SessionClientFrame, { type: Type }>;

export const AT = "2026-11-28T10:00:00.000Z";

export const planned: LearningSession = {
  ...{ id: 12, sessionType: "GROUP_VIDEO", title: "카페", description: null, status: "SCHEDULED", endReason: null },
  ...{ scheduledStartTime: AT, scheduledEndTime: "2026-11-28T11:00:00.000Z" },
  ...{ actualStartTime: null, actualEndTime: null, primaryLanguage: "ko", secondaryLanguage: "en" },
  ...{ maxParticipants: 4, createdByUserId: 1, seriesId: null, createdAt: AT, rev: 1 },
};

export function peerOf(userId: number, change: Partial<Peer> = {}): Peer {
  return {
    ...{ userId, name: `사람 ${userId}`, imageUrl: null, role: "PARTICIPANT", connected: true, joined: true },
    ...{ media: { audio: true, video: true, screen: false }, generation: 1, polite: userId > 1 },
    ...change,
  };
}

export function welcomeOf(change: Partial<SessionWelcome> = {}): SessionWelcome {
  return {
    ...{ type: "welcome", protocol: 1, session: planned, you: { userId: 1, role: "HOST", generation: 1 } },
    ...{ peers: [], iceServers: [], language: "ko", nextSwitchAt: "2026-11-28T10:30:00.000Z" },
    ...{ languageRequestedBy: [], endsAt: "2026-11-28T11:01:00.000Z", talk: [], messages: [] },
    recording: { isRecording: false, startedAt: null, startedByUserId: null, consentedUserIds: [] },
    serverTime: AT,
    ...change,
  };
}

export function scriptedSession(options: Partial<ClientOptions> = {}) {
  ownTime();
  const wire = fakeSockets();
  const client = createClient({
    ...{ baseUrl: "https://studymate.example", userId: 1, token: () => "token", encoding: "json" },
    ...{ WebSocket: wire.WebSocket, random: () => 0.5, fetch: async () => Response.json({ id: 12 }) },
    ...options,
  });
  const session = connectSession(client, 12);
  onTestFinished(() => {
    session.close();
    client.close();
  });
  const welcome = (change: Partial<SessionWelcome> = {}) => {
    wire.last.accept();
    wire.last.serve(welcomeOf(change));
  };
  /** The frames of a type, in the order they were sent over the newest socket. */
  const sent = <Type extends SessionClientFrame["type"]>(type: Type): Sent<Type>[] => {
    const frames = wire.last.sent as readonly { type: string }[]; // of a session's socket, whatever the kit says
    return frames.filter((frame): frame is Sent<Type> => frame.type === type);
  };
  /** The server takes the newest command of a type. */
  const answer = (type: SessionClientFrame["type"], more: object = {}) => {
    const command = sent(type).at(-1);
    if (command === undefined || !("ref" in command)) throw new Error(`No ${type} was sent.`);
    wire.last.serve({ type: "ack", ref: command.ref, ...more });
  };
  /** Connected, and welcomed. */
  const begin = async (change: Partial<SessionWelcome> = {}) => {
    await pass(0);
    welcome(change);
    await pass(0);
  };
  /** In the call. */
  const enter = async (change: Partial<SessionWelcome> = {}, generation = 1) => {
    await begin(change);
    session.join().catch(() => {});
    await pass(0);
    answer("join", { generation });
    await pass(0);
  };
  return { client, session, wire, welcome, begin, enter, sent, answer };
}
