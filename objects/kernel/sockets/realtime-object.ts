/**
 * What every object with sockets is: entry points that never let an exception out, admission before partyserver is
 * entered, frames into the group commit, outcomes onto the sockets, deadlines onto the alarm.
 *
 * A subclass says what exists (`open`), who may come in, and what a command does. It decides nothing about delivery.
 * An object that was never created holds nothing, answers 404, and stays empty.
 */
import { type Connection, type ConnectionContext, Server } from "partyserver";
import { problemResponse } from "../../../schema/api/problem.ts";
import { CLOSE_CODES } from "../../../schema/protocol/close-codes.ts";
import type { EnvelopeClientFrame } from "../../../schema/protocol/envelope.ts";
import type { ErrorCode } from "../../../schema/protocol/errors.ts";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import { HEARTBEAT } from "../../../schema/protocol/version.ts";
import { ADMISSION_HEADERS, decodeIdentity } from "../../../schema/socket-admission.ts";
import type { Ref } from "../../../schema/values.ts";
import { verifyAccessToken } from "../access-tokens.ts";
import { type DueItem, DueTable, type NextRun } from "../due.ts";
import { hasEnded } from "../ended-devices.ts";
import { GroupCommit } from "../group-commit.ts";
import { RATE_LIMITS, UserLimiters } from "../limits.ts";
import { logError } from "../log.ts";
import { isEmpty, type Migration, migrate } from "../migrations.ts";
import { ackFrame, errorFrame, NOTHING, type Outcome } from "../outcome.ts";
import { transaction } from "../transaction.ts";
import { deliver } from "./deliver.ts";
import { type CommandSet, receive } from "./receive.ts";
import { type Frame, type LiveSocket, SocketRegistry, type SocketState } from "./registry.ts";

/** What an object that exists does with what reaches it. */
export interface Residence<Command> {
  /** Why this user may not hold a socket here, or null. */
  refuseSocket(userId: number): ErrorCode | null;
  /** The first frames of a socket: the state, and the position from which events follow. */
  welcome(live: LiveSocket): readonly Frame[];
  /** Runs inside the group's transaction. */
  command(live: LiveSocket, command: Command): Outcome;
  /** A user's first socket came, or the last one went. Runs inside the group's transaction. */
  presence(userId: number, connected: boolean): Outcome;
  /** Something was rolled back: read caches again. */
  rebuild(): void;
  /** Once per group, inside its transaction. */
  beforeCommit(): void;
  /** The group's transaction succeeded. */
  committed(): void;
  readonly deadlines: Readonly<Record<string, (item: DueItem) => Promise<NextRun>>>;
}

export interface RealtimeEnv {
  readonly AUTH_SECRET: string;
  readonly AUTH_SECRET_PREVIOUS?: string;
  readonly CACHE: KVNamespace;
  readonly DEV_LOGIN: string;
  readonly RATE_LIMITS: string;
}

/** After each commit the next one gathers for so long per socket: a hot room sends fewer, larger frames. */
const GATHER_MS_PER_SOCKET = 0.004;
const MAX_GATHER_MS = 10;

export abstract class RealtimeObject<
  Env extends Cloudflare.Env & RealtimeEnv,
  Command extends Frame,
  Home extends Residence<Command>,
> extends Server<Env> {
  static override options = { hibernate: true };

  protected readonly sockets: SocketRegistry;
  protected readonly commits: GroupCommit<Outcome>;
  private readonly limiters: UserLimiters;
  private home: Home | undefined;
  private dueTable: DueTable | undefined;

  protected abstract migrations(): readonly Migration[];
  protected abstract commands(): CommandSet<Command>;
  /** Builds the caches of an object that exists. */
  protected abstract open(): Home;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(HEARTBEAT.request, HEARTBEAT.response));
    // Off only where anybody may sign in anyway: for load tests.
    const isLimited = env.RATE_LIMITS !== "off" || env.DEV_LOGIN !== "true";
    this.limiters = new UserLimiters(isLimited ? RATE_LIMITS : null);
    this.sockets = new SocketRegistry(Date.now, (ended) => this.announceIfGone(ended));
    this.commits = new GroupCommit<Outcome>({
      storage: ctx.storage,
      // With nothing to write, `sync` lasts no longer than that; a timer would last a millisecond.
      // What could not be written is the business of whoever wrote it.
      turn: () => ctx.storage.sync().catch(() => {}),
      beforeCommit: () => this.resident()?.beforeCommit(),
      committed: () => this.resident()?.committed(),
      deliver: (outcomes) => deliver(this.sockets, outcomes),
      rebuild: () => this.rebuild(),
      gatherMs: () => Math.min(MAX_GATHER_MS, this.sockets.size * GATHER_MS_PER_SOCKET),
    });
    if (isEmpty(ctx.storage)) return;
    this.install();
    this.due.recover(Date.now());
    for (const connection of this.getConnections<SocketState>()) {
      if (connection.state) this.sockets.add(connection, connection.state);
    }
  }

  /** Before it is asked whether somebody may hold a socket. */
  protected async prepare(_userId: number): Promise<void> {}

  protected get due(): DueTable {
    this.dueTable ??= new DueTable(this.ctx.storage);
    return this.dueTable;
  }

  /** Undefined for an object that was never created. */
  protected resident(): Home | undefined {
    if (!this.home && !isEmpty(this.ctx.storage)) this.home = this.open();
    return this.home;
  }

  /** Makes the tables, and fills them, all or nothing. */
  protected establish(fill: () => void): void {
    transaction(this.ctx.storage, () => {
      this.install();
      fill();
    });
  }

  /** Queues a change that came by RPC behind the frames before it. Resolves once it is committed and delivered. */
  protected change<Value>(run: () => { value: Value; outcome?: Outcome }): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.commits.submit({
        run: () => {
          const { value, outcome } = run();
          return {
            ...outcome,
            after: () => {
              outcome?.after?.();
              resolve(value);
            },
          };
        },
        failed: (error) => ({ after: () => reject(error) }),
      });
    });
  }

  override async fetch(request: Request): Promise<Response> {
    const requestId = request.headers.get(ADMISSION_HEADERS.requestId) ?? crypto.randomUUID();
    try {
      const identity = decodeIdentity(request.headers.get(ADMISSION_HEADERS.identity));
      if (!identity) return problemResponse("unauthorized", { requestId });
      await this.prepare(identity.userId);
      const refusal = this.refuseSocket(identity.userId);
      if (refusal) return problemResponse(refusal, { requestId });
      const { status, webSocket } = await super.fetch(request);
      if (status !== 101 || !webSocket) return problemResponse("internal", { requestId });
      const subprotocol = request.headers.get(ADMISSION_HEADERS.subprotocol);
      return new Response(null, {
        status,
        webSocket,
        ...(subprotocol && { headers: { [ADMISSION_HEADERS.subprotocol]: subprotocol } }),
      });
    } catch (error) {
      logError({ event: "socket.admission-failed", object: this.name, requestId }, error);
      return problemResponse("internal", { requestId });
    }
  }

  override onConnect(connection: Connection, { request }: ConnectionContext): void {
    try {
      const identity = decodeIdentity(request.headers.get(ADMISSION_HEADERS.identity));
      const home = this.resident();
      // Asked again: partyserver awaited in between.
      if (!identity || !home || this.refuseSocket(identity.userId)) {
        connection.close(CLOSE_CODES.removed.code, "removed");
        return;
      }
      const encoding = request.headers.get(ADMISSION_HEADERS.encoding) === "msgpack" ? "msgpack" : "json";
      const { memo } = this.sockets;
      const state: SocketState = { ...identity, encoding, openedAt: Date.now(), ...(memo !== undefined && { memo }) };
      connection.setState(state);
      const cameFirst = !this.sockets.isConnected(identity.userId);
      const live = this.sockets.add(connection, state);
      const [oldest, ...others] = this.sockets.of(identity.userId);
      if (oldest && others.length >= LIMITS.socketsPerUser) this.sockets.end(oldest, "tooManySockets");
      this.sockets.send(live, home.welcome(live));
      if (cameFirst) this.submitPresence(identity.userId, true);
    } catch (error) {
      logError({ event: "socket.connect-failed", object: this.name }, error);
      connection.close(CLOSE_CODES.internal.code, "internal");
    }
  }

  /** In place of partyserver's own, which reads the attachment for each message: the registry knows the socket. */
  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const live = this.sockets.get(socket);
    if (!live) return;
    try {
      this.receive(live, data);
    } catch (error) {
      logError({ event: "frame.failed", object: this.name }, error);
      this.sockets.send(live, [errorFrame("internal")]);
    }
  }

  override onClose(connection: Connection<SocketState>): void {
    // An object that wakes up for it finds only the open ones among the platform's list, and may need what this one remembers.
    if (connection.state && !this.sockets.get(connection)) this.sockets.add(connection, connection.state);
    this.resident();
    const live = this.sockets.remove(connection);
    if (live) this.announceIfGone(live);
  }

  override onError(connection: Connection<SocketState>): void {
    this.onClose(connection);
  }

  override async onAlarm(): Promise<void> {
    const home = this.resident();
    if (home) await this.due.run(Date.now, home.deadlines);
  }

  private receive(live: LiveSocket, data: string | ArrayBuffer): void {
    const now = Date.now();
    if (this.sockets.isExpired(live)) return;
    const { encoding, userId } = live.state;
    const received = receive(data, {
      encoding,
      commands: this.commands(),
      limits: this.limiters.of(userId, now, this.sockets),
      now,
    });
    if (received.kind === "command") this.submitCommand(live, received.command);
    else if (received.kind === "error") this.submitReply(live, received.frame);
    else if (received.kind === "envelope") this.handleEnvelope(live, received.frame);
    else {
      this.sockets.send(live, [received.frame]);
      this.sockets.end(live, received.reason);
    }
  }

  private handleEnvelope(live: LiveSocket, frame: EnvelopeClientFrame): void {
    if (frame.type === "probe") this.sockets.probeEchoed(live, frame.n);
    else this.refreshToken(live, frame).catch((error) => logError({ event: "auth.refresh-failed" }, error));
  }

  private submitCommand(live: LiveSocket, command: Command & { ref?: Ref | undefined }): void {
    this.commits.submit({
      run: () => this.resident()?.command(live, command) ?? NOTHING,
      failed: () => ({ reply: { to: live, frames: [errorFrame("internal", { ref: command.ref })] } }),
    });
  }

  /** Through the queue, so that answers keep the order of what they answer. */
  private submitReply(live: LiveSocket, frame: Frame): void {
    const outcome: Outcome = { reply: { to: live, frames: [frame] } };
    this.commits.submit({ run: () => outcome, failed: () => outcome });
  }

  private submitPresence(userId: number, connected: boolean): void {
    this.commits.submit({
      // A socket that came and went again meanwhile is no news.
      run: () =>
        this.sockets.isConnected(userId) === connected
          ? (this.resident()?.presence(userId, connected) ?? NOTHING)
          : NOTHING,
      failed: () => NOTHING,
    });
  }

  private announceIfGone({ state: { userId } }: LiveSocket): void {
    if (!this.sockets.isConnected(userId)) this.submitPresence(userId, false);
  }

  private async refreshToken(
    live: LiveSocket,
    { token, ref }: { token: string; ref?: Ref | undefined },
  ): Promise<void> {
    const identity = await verifyAccessToken(token, this.env.AUTH_SECRET, this.env.AUTH_SECRET_PREVIOUS);
    const isRefused = identity === null || (await hasEnded(this.env.CACHE, identity.deviceId));
    if (isRefused) this.submitReply(live, errorFrame("unauthorized", { ref }));
    else if (identity.userId !== live.state.userId) this.submitReply(live, errorFrame("forbidden", { ref }));
    else if (!this.sockets.isExpired(live)) {
      this.sockets.refresh(live, identity);
      this.submitReply(live, ackFrame(ref));
    }
  }

  private refuseSocket(userId: number): ErrorCode | null {
    const home = this.resident();
    return home ? home.refuseSocket(userId) : "not_found";
  }

  private install(): void {
    migrate(this.ctx.storage, this.migrations());
    DueTable.install(this.ctx.storage);
  }

  private rebuild(): void {
    this.dueTable?.rebuild();
    this.home?.rebuild();
  }
}
