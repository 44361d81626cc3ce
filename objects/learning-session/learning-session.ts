/**
 * A learning session: the only writer of who takes part, of its call, and of what came of it. Lifecycle and RPC; what a frame
 * does is in `handlers.ts`, what is allowed in `rules.ts`, what the clock does in `timeline.ts`, all SQL in `store.ts`,
 * `recordings.ts` and `notices.ts`.
 */
import type { Connection } from "partyserver";
import { LEARNING_SESSION_MIGRATIONS } from "../../migrations/learning-session/index.ts";
import { presenceObject } from "../../schema/addresses.ts";
import { type SessionCommand, sessionCommand } from "../../schema/protocol/session/client-frames.ts";
import type { IceServer } from "../../schema/protocol/session/entities.ts";
import { ok, refuse } from "../../schema/result.ts";
import type {
  Answer,
  FlushReport,
  FlushState,
  LearningSessionRpc,
  NewSession,
  NewSessionParticipant,
  OwnRating,
  RecordingPart,
  SessionChange,
  SessionView,
  StoredRecording,
} from "../../schema/rpc.ts";
import type { Invitation } from "../../schema/sessions.ts";
import { inTime } from "../kernel/in-time.ts";
import { logError } from "../kernel/log.ts";
import { RealtimeObject } from "../kernel/sockets/realtime-object.ts";
import type { CommandSet } from "../kernel/sockets/receive.ts";
import type { SocketState } from "../kernel/sockets/registry.ts";
import { iceServersFor } from "./ice-servers.ts";
import type { Planned } from "./planning.ts";
import { ResidentSession } from "./resident-session.ts";
import { mayKnow } from "./rules.ts";
import { SessionStore } from "./store.ts";

const COMMANDS: CommandSet<SessionCommand> = {
  schema: sessionCommand,
  types: new Set(sessionCommand.options.map((option) => option.shape.type.value)),
  sendTypes: new Set(["chat", "reaction"] satisfies SessionCommand["type"][]),
};

/** Lists come from D1: whoever planned something waits so long for it to be there. */
const FLUSHED_MS = 1_000;

/** Without ICE servers most calls come about as well: nobody waits longer. */
const ICE_MS = 2_000;

export class LearningSession
  extends RealtimeObject<Cloudflare.Env, SessionCommand, ResidentSession>
  implements LearningSessionRpc
{
  private readonly iceServers = new Map<number, readonly IceServer[]>();

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    // Sockets have with them what was talked: it is read before any of them is ended.
    this.resident();
  }

  protected override migrations(): typeof LEARNING_SESSION_MIGRATIONS {
    return LEARNING_SESSION_MIGRATIONS;
  }

  protected override commands(): CommandSet<SessionCommand> {
    return COMMANDS;
  }

  protected override open(): ResidentSession {
    return new ResidentSession({
      store: new SessionStore(this.ctx.storage.sql),
      storage: this.ctx.storage,
      sockets: this.sockets,
      due: this.due,
      database: () => this.env.DB,
      inboxOf: (userId) => presenceObject(this.env, userId),
      iceServersOf: (userId) => this.iceServers.get(userId) ?? [],
      commit: (run) => this.change(() => ({ value: null, outcome: run() })),
      now: Date.now,
    });
  }

  /** A welcome says where browsers find each other. */
  protected override async prepare(userId: number): Promise<void> {
    if (this.resident()?.refuseSocket(userId) !== null) return;
    try {
      const { iceServers } = await inTime(ICE_MS, iceServersFor(this.env, userId));
      this.iceServers.set(userId, iceServers);
    } catch (error) {
      logError({ event: "session.no-ice-servers", object: this.name }, error);
    }
  }

  override onClose(connection: Connection<SocketState>): void {
    const { state } = connection;
    const isUnknown = this.sockets.get(connection) === undefined;
    if (isUnknown && state?.own !== undefined) this.resident()?.recall(state.userId, state.own);
    super.onClose(connection);
  }

  async create(session: NewSession): Promise<void> {
    if (this.resident()) return;
    this.establish(() => SessionStore.create(this.ctx.storage.sql, session, Date.now()));
    await this.change(() => {
      const home = this.resident();
      home?.planning.inviteFirst();
      // D1 shows by it that there is an object: one that was never made is looked for.
      home?.flush.schedule(false);
      return { value: null };
    });
  }

  async exists(): Promise<boolean> {
    return this.resident() !== undefined;
  }

  async describe(callerId: number): Promise<Answer<SessionView>> {
    const home = this.resident();
    // Where an alarm is late, nobody is told of what is over as if it were not.
    if (home?.isLate())
      await this.change(() => ({ value: null, outcome: home.closing({ broadcast: home.catchUp() }) }));
    return this.seenBy(callerId);
  }

  async invite(callerId: number, invited: readonly NewSessionParticipant[]): Promise<Answer<SessionView>> {
    return this.plan(callerId, ({ planning }) => planning.invite(callerId, invited));
  }

  async confirm(callerId: number): Promise<Answer<{ readonly view: SessionView; readonly invitation: Invitation }>> {
    const answer = await this.decided((home) => home.planning.confirm(callerId));
    if (!answer.ok) return answer;
    const view = this.seenBy(callerId);
    return view.ok ? ok({ view: view.value, invitation: answer.value }) : view;
  }

  async decline(callerId: number): Promise<Answer<SessionView>> {
    return this.plan(
      callerId,
      ({ planning }) => planning.decline(callerId),
      () => this.sockets.endUser(callerId, "removed"),
    );
  }

  async update(callerId: number, change: SessionChange): Promise<Answer<SessionView>> {
    return this.plan(callerId, ({ planning }) => planning.update(callerId, change));
  }

  async reschedule(
    callerId: number,
    times: { readonly start: number; readonly end: number },
  ): Promise<Answer<SessionView>> {
    return this.plan(
      callerId,
      ({ planning }) => planning.reschedule(callerId, times),
      () => this.endUnwelcome(),
    );
  }

  async cancel(callerId: number): Promise<Answer<SessionView>> {
    return this.plan(callerId, ({ planning }) => planning.cancel(callerId));
  }

  async rate(callerId: number, own: OwnRating): Promise<Answer<SessionView>> {
    return this.plan(callerId, ({ planning }) => planning.rate(callerId, own));
  }

  async updateProfile(userId: number, profile: { name: string; imageUrl: string | null }): Promise<void> {
    const home = this.resident();
    if (!home) return;
    await this.change(() => ({ value: null, outcome: { broadcast: home.planning.updateProfile(userId, profile) } }));
  }

  async separate(userId: number, otherId: number): Promise<void> {
    const home = this.resident();
    if (!home) return;
    await this.change(() => {
      home.flushSoon();
      const broadcast = [...home.catchUp(), ...home.planning.separate(userId, otherId)];
      return { value: null, outcome: { broadcast, after: () => this.endUnwelcome() } };
    });
  }

  async erase(userId: number): Promise<void> {
    const home = this.resident();
    if (!home) return;
    this.sockets.endUser(userId, "tokenEnded");
    await this.change(() => {
      home.flushSoon();
      return { value: null, outcome: home.closing({ broadcast: [...home.catchUp(), ...home.erase(userId)] }) };
    });
    await this.flushed(home);
  }

  async beginRecording(
    callerId: number,
    upload: Parameters<LearningSessionRpc["beginRecording"]>[1],
  ): Promise<Answer<StoredRecording>> {
    return this.record(({ recordings }) => recordings.begin(callerId, upload));
  }

  async recordingUpload(callerId: number, number: number): Promise<Answer<StoredRecording>> {
    return this.resident()?.recordings.upload(callerId, number) ?? refuse("not_found");
  }

  async keepRecordingPart(callerId: number, number: number, part: RecordingPart): Promise<Answer<StoredRecording>> {
    return this.record(({ recordings }) => recordings.keepPart(callerId, number, part));
  }

  async completeRecording(
    callerId: number,
    number: number,
    file: Parameters<LearningSessionRpc["completeRecording"]>[2],
  ): Promise<Answer<StoredRecording>> {
    return this.record(({ recordings }) => recordings.complete(callerId, number, file));
  }

  async recordings(callerId: number): Promise<Answer<readonly StoredRecording[]>> {
    return this.resident()?.recordings.list(callerId) ?? refuse("not_found");
  }

  async deleteRecording(callerId: number | null, number: number): Promise<Answer<StoredRecording>> {
    return this.record(({ recordings }) => recordings.remove(callerId, number));
  }

  async endSockets(userId: number, deviceId?: string): Promise<number> {
    return this.sockets.endUser(userId, "tokenEnded", deviceId);
  }

  async flush(): Promise<readonly FlushReport[]> {
    return (await this.resident()?.flush.flushNow()) ?? [];
  }

  async flushStates(): Promise<readonly FlushState[]> {
    return (await this.resident()?.flush.states()) ?? [];
  }

  async renewEpoch(): Promise<Answer<number>> {
    const home = this.resident();
    if (!home) return refuse("not_found");
    return this.change(() => ({
      value: ok(home.store.renewEpoch(Date.now())),
      outcome: { after: () => this.sockets.endAll("goingAway") },
    }));
  }

  private seenBy(callerId: number): Answer<SessionView> {
    const home = this.resident();
    if (!home) return refuse("not_found");
    return mayKnow(home.store.participant(callerId)) ? ok(home.view.snapshot(callerId)) : refuse("forbidden");
  }

  /** In the queue, behind the frames that came earlier; answers once it is in D1, or D1 has kept somebody waiting. */
  private async plan(
    callerId: number,
    run: (home: ResidentSession) => Planned<unknown>,
    then?: () => unknown,
  ): Promise<Answer<SessionView>> {
    const answer = await this.decided(run, then);
    return answer.ok ? this.seenBy(callerId) : answer;
  }

  private async decided<Value>(
    run: (home: ResidentSession) => Planned<Value>,
    then?: () => unknown,
  ): Promise<Answer<Value>> {
    const home = this.resident();
    if (!home) return refuse("not_found");
    const answer = await this.change(() => {
      const late = home.catchUp();
      const { answer: value, events } = run(home);
      home.flushSoon();
      return {
        value,
        outcome: home.closing({ broadcast: [...late, ...events], after: () => void (value.ok && then?.()) }),
      };
    });
    if (answer.ok) await this.flushed(home);
    return answer;
  }

  private async record<Value>(run: (home: ResidentSession) => Answer<Value>): Promise<Answer<Value>> {
    const home = this.resident();
    if (!home) return refuse("not_found");
    return this.change(() => ({ value: run(home) }));
  }

  private async flushed(home: ResidentSession): Promise<void> {
    await inTime(FLUSHED_MS, home.flush.settle()).catch(() => {});
  }

  private endUnwelcome(): void {
    const home = this.resident();
    for (const { state } of this.sockets.all()) {
      if (home?.refuseSocket(state.userId)) this.sockets.endUser(state.userId, "removed");
    }
  }
}
