/** A session's connection as an application holds it: wires the socket, what it told, and what is asked for over it. */
import type { ErrorFrame } from "../../../schema/protocol/envelope.ts";
import type { SESSION_ACKS } from "../../../schema/protocol/session/acks.ts";
import type { SessionCommand as SessionFrame } from "../../../schema/protocol/session/client-frames.ts";
import type { Media } from "../../../schema/protocol/session/entities.ts";
import type { SessionServerFrame } from "../../../schema/protocol/session/server-frames.ts";
import { type Ack, type SessionCommand as Command, Commands } from "../commands.ts";
import { Connection, type ConnectionStatus, denial } from "../connection.ts";
import { type Debug, reportStatus } from "../debug.ts";
import { EventListeners } from "../event-listeners.ts";
import type { StudyMateClient } from "../index.ts";
import { Listeners } from "../listeners.ts";
import { shownConnection } from "../shown-connection.ts";
import { watchWakeUps } from "../wake-ups.ts";
import type { LiveSession, SentSignal, SessionEvents } from "./live-session.ts";
import { NOTHING, reduceSession, type SessionSnapshot, type SessionState, UNKNOWN_SESSION } from "./session-state.ts";

/** What an `ack` says; the server makes it from the schema. */
type Answer<Type extends keyof typeof SESSION_ACKS> = (typeof SESSION_ACKS)[Type]["_zod"]["output"];
type OnceFrame = Extract<SessionFrame, { type: "chat" | "language.switch" }>;
type Say = Extract<SessionFrame, { type: "signal" | "speaking" | "reaction" }>;

interface SentOnce {
  /** What was written; undefined: it is no message. */
  readonly content: string | undefined;
  /** The last message before it. */
  readonly after: number;
}

class SessionConnection implements LiveSession {
  readonly id: number;
  readonly client: StudyMateClient;
  readonly debug: Debug;
  readonly #connection: Connection<SessionServerFrame>;
  readonly #commands: Commands<Command>;
  readonly #listeners = new Listeners();
  readonly #events = new EventListeners<SessionEvents>();
  readonly #stopWatching: () => void;
  #state: SessionState = UNKNOWN_SESSION;
  #status: ConnectionStatus = { state: "connecting" };
  #isWelcomed = false;
  #snapshot: SessionSnapshot | undefined;
  /** What one means to be in the call with; undefined: one does not. */
  #media: Media | undefined;
  #joining: Promise<void> | undefined;
  /** What is on its way and is not to arrive twice, by its `ref`. */
  readonly #sending = new Map<number, SentOnce>();

  constructor(client: StudyMateClient, sessionId: number) {
    const deps = client.socketDeps(`/v1/sessions/${sessionId}`);
    this.id = sessionId;
    this.client = client;
    this.debug = deps.debug;
    const where = { roomId: null, sessionId };
    this.#commands = new Commands({
      send: (frame) => {
        if (frame.type === "chat" || frame.type === "language.switch") this.#sentOnce(frame);
        this.#connection.send(frame);
      },
      onUnanswered: () => this.#connection.fail("silent"),
      onRetry: (detail, waitMs) => deps.debug({ ...where, event: "retry", detail, waitMs }),
      random: deps.random,
    });
    this.#connection = new Connection({
      ...deps,
      onFrames: (frames) => this.#received(frames),
      onStatus: (status) => this.#statusChanged(status),
    });
    this.#stopWatching = watchWakeUps({
      onWake: () => this.#connection.wake(),
      onNetworkLost: () => {
        if (this.#status.state !== "denied") this.#connection.fail("network");
      },
    });
    this.#connection.connect();
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener);

  readonly getSnapshot = (): SessionSnapshot => {
    this.#snapshot ??= { ...this.#state, connection: shownConnection(this.#status, this.#isWelcomed) };
    return this.#snapshot;
  };

  on<Name extends keyof SessionEvents>(name: Name, listener: (event: SessionEvents[Name]) => void): () => void {
    return this.#events.add(name, listener);
  }

  join(media: Media = NOTHING): Promise<void> {
    this.#media = media;
    return this.#enter();
  }

  async leave(): Promise<void> {
    this.#media = undefined;
    this.#quit();
    this.#changed();
    // Without a socket there is nobody to tell: whoever does not come back has left.
    if (this.#isWelcomed) await this.#commands.request({ type: "leave" });
  }

  async setMedia(media: Media): Promise<void> {
    if (this.#media === undefined) return;
    this.#media = media;
    // Else it goes with the `join` that is to come.
    if (this.#state.isJoined) await this.#commands.request({ type: "media", ...media });
  }

  setSpeaking(active: boolean): void {
    if (this.#state.isJoined) this.#say({ type: "speaking", active });
  }

  signal(signal: SentSignal): void {
    if (this.#media !== undefined) this.#say({ type: "signal", ...signal });
  }

  async requestLanguageSwitch(): Promise<boolean> {
    const { switched } = await this.#ask<"language.switch">({ type: "language.switch" });
    return switched;
  }

  async setRecordingConsent(granted: boolean): Promise<void> {
    await this.#commands.request({ type: "recording.consent", granted });
  }

  async startRecording(): Promise<string> {
    return (await this.#ask<"recording.start">({ type: "recording.start" })).startedAt;
  }

  async stopRecording(): Promise<void> {
    await this.#commands.request({ type: "recording.stop" });
  }

  async write(content: string): Promise<number> {
    return (await this.#ask<"chat">({ type: "chat", content })).id;
  }

  react(emoji: string): void {
    this.#say({ type: "reaction", emoji });
  }

  async end(): Promise<void> {
    await this.#commands.request({ type: "end" });
  }

  async remove(userId: number): Promise<void> {
    await this.#commands.request({ type: "remove", userId });
  }

  async mute(userId: number): Promise<void> {
    await this.#commands.request({ type: "mute", userId });
  }

  reconnect(): void {
    const { state, reason } = this.getSnapshot().connection;
    if (state === "offline" || (state === "denied" && reason !== "closed")) this.#connection.connect();
  }

  renew(): void {
    if (this.#status.state === "open") this.#connection.connect();
  }

  close(): void {
    this.#stopWatching();
    // The others hear of it at once, instead of when one does not come back.
    if (this.#media !== undefined && this.#isWelcomed) this.#connection.send({ type: "leave" });
    this.#media = undefined;
    this.#connection.stop("closed");
  }

  async #ask<Type extends keyof typeof SESSION_ACKS>(command: Command & { type: Type }): Promise<Answer<Type>> {
    // The server's answers are made from the same schemas; the SDK carries no validator.
    return (await this.#commands.request(command)) as Answer<Type>;
  }

  #say(frame: Say): void {
    if (this.#isWelcomed) this.#connection.send(frame);
  }

  /** Once for each connection; what one sends may have changed meanwhile. */
  #enter(): Promise<void> {
    this.#joining ??= this.#join().finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  async #join(): Promise<void> {
    const asked = this.#media;
    if (asked === undefined) return;
    await this.#commands.request({ type: "join", media: asked });
    if (this.#media !== undefined && this.#media !== asked) void this.setMedia(this.#media).catch(() => {});
  }

  #received(frames: readonly SessionServerFrame[]): void {
    const where = { roomId: null, sessionId: this.id };
    for (const frame of frames) {
      this.debug({ ...where, event: "frame", detail: frame.type });
      if (frame.type === "error") this.debug({ ...where, event: "error", detail: frame.code });
      this.#state = reduceSession(this.#state, frame, Date.now());
      if (frame.type === "ack" || frame.type === "error") this.#answered(frame);
      if (frame.type === "welcome") this.#welcomed();
      // With what was told before it, and nothing of what comes after.
      if (frame.type === "signal") this.#events.tell("signal", frame);
      if (frame.type === "peer.left") this.#events.tell("left", frame);
    }
    this.#changed();
    for (const frame of frames) {
      if (frame.type === "reaction") this.#events.tell("reaction", frame);
      if (frame.type === "mute.requested") this.#events.tell("muteRequested", frame);
    }
  }

  #sentOnce({ ref, ...frame }: OnceFrame): void {
    const known = typeof ref === "number" && this.#sending.has(ref);
    if (typeof ref !== "number" || known) return;
    const content = frame.type === "chat" ? frame.content : undefined;
    this.#sending.set(ref, { content, after: this.#state.messages.at(-1)?.id ?? 0 });
  }

  #answered(frame: Ack | ErrorFrame): void {
    const isFinal = frame.type === "ack" || !frame.retryable;
    if (typeof frame.ref === "number" && isFinal) this.#sending.delete(frame.ref);
    this.#commands.answered(frame);
  }

  #welcomed(): void {
    this.#isWelcomed = true;
    const { messages, you } = this.#state;
    // A message whose answer was lost with the last connection may be there.
    const taken = new Set<number>();
    for (const [ref, { content, after }] of this.#sending) {
      const own = messages.filter(({ id, userId }) => id > after && userId === you?.userId && !taken.has(id));
      const arrived = own.find((one) => one.content === content);
      if (arrived === undefined) continue;
      taken.add(arrived.id);
      this.#answered({ type: "ack", ref, id: arrived.id, createdAt: arrived.createdAt });
    }
    this.#commands.opened();
    void this.#enter().catch(() => {});
  }

  #statusChanged(status: ConnectionStatus): void {
    this.#status = status;
    reportStatus((event) => this.debug(Object.assign(event, { sessionId: this.id })), null, status);
    if (status.state !== "open") {
      this.#isWelcomed = false;
      this.#commands.lost();
      // A second request for the other language would be one for the first.
      const lost = { code: "unavailable", message: "The connection was lost.", retryable: false } as const;
      for (const [ref, { content }] of this.#sending) {
        if (content === undefined) this.#answered({ type: "error", ref, ...lost });
      }
      this.#quit();
    }
    if (status.state === "connecting") this.#commands.revive();
    if (status.state === "denied") this.#commands.deny(denial(status.reason));
    this.#changed();
  }

  #quit(): void {
    this.#state = reduceSession(this.#state, { type: "quit" }, Date.now());
  }

  #changed(): void {
    this.#snapshot = undefined;
    this.#listeners.tell();
  }
}

/**
 * Connects to a session of which one is a confirmed participant, from ten minutes before its start: at once, and again
 * whenever the connection is lost. To be connected is not to be in the call: `join`, or `createCall`, which does it.
 *
 * ```ts
 * const session = connectSession(client, 12);
 * session.subscribe(() => console.log(session.getSnapshot().language, session.getSnapshot().peers));
 * await session.join({ audio: true, video: false, screen: false });
 * ```
 */
export function connectSession(client: StudyMateClient, sessionId: number): LiveSession {
  return new SessionConnection(client, sessionId);
}
