/** A session that exists, in memory: store, call, ledger, deadlines, and what commands and the clock do to them. */
import type { ErrorCode } from "../../schema/protocol/errors.ts";
import type { SessionCommand } from "../../schema/protocol/session/client-frames.ts";
import type { IceServer } from "../../schema/protocol/session/entities.ts";
import type { SessionWelcome } from "../../schema/protocol/session/server-frames.ts";
import type { UserPresenceRpc } from "../../schema/rpc.ts";
import type { DueItem, DueTable, NextRun } from "../kernel/due.ts";
import { logError } from "../kernel/log.ts";
import { errorFrame, NOTHING, type Outcome } from "../kernel/outcome.ts";
import type { Residence } from "../kernel/sockets/realtime-object.ts";
import type { Broadcast, LiveSocket, SocketRegistry } from "../kernel/sockets/registry.ts";
import { transaction } from "../kernel/transaction.ts";
import { Call } from "./call.ts";
import { SessionFlush } from "./flush.ts";
import { handleCommand } from "./handlers.ts";
import { Ledger } from "./ledger.ts";
import { NOTICES_DUE, Notices } from "./notices.ts";
import { Planning } from "./planning.ts";
import { Recordings } from "./recordings.ts";
import { isOver, refuseSocket } from "./rules.ts";
import type { SessionStore } from "./store.ts";
import { isInTime, type Step, stepsToCome, type TimedStep } from "./timeline.ts";
import { SessionView } from "./view.ts";

export interface ResidentSessionDeps {
  readonly store: SessionStore;
  readonly storage: Pick<DurableObjectStorage, "transactionSync">;
  readonly sockets: SocketRegistry;
  readonly due: DueTable;
  readonly database: () => D1Database;
  readonly inboxOf: (userId: number) => Pick<UserPresenceRpc, "notify">;
  readonly iceServersOf: (userId: number) => readonly IceServer[];
  /** In a group of its own. */
  readonly commit: (run: () => Outcome) => Promise<unknown>;
  readonly now: () => number;
}

export const TIMELINE_DUE = "timeline";

/** So long at most somebody counts as in the call whom a kill cut off, and who does not come back. */
const LOOK_MS = 5 * 60_000;

export class ResidentSession implements Residence<SessionCommand> {
  readonly store: SessionStore;
  readonly view: SessionView;
  readonly call: Call;
  readonly planning: Planning;
  readonly recordings: Recordings;
  readonly flush: SessionFlush;
  readonly notices: Notices;
  readonly deadlines: Residence<SessionCommand>["deadlines"];
  private readonly deps: ResidentSessionDeps;
  private readonly ledger = new Ledger();
  /** When what happens now happened, where it is noticed later. */
  private moment: number | null = null;
  /** For everything up to it a flush was asked for. */
  private flushedMark: string;
  private isUrgent = false;

  constructor(deps: ResidentSessionDeps) {
    const { store, sockets, due } = deps;
    const now = () => this.moment ?? deps.now();
    this.deps = deps;
    this.store = store;
    this.flushedMark = this.mark;
    this.view = new SessionView(store, this.ledger, (userId) => sockets.isConnected(userId), now);
    this.notices = new Notices({
      sql: store.sql,
      sessionId: store.session.id,
      due,
      inboxOf: deps.inboxOf,
      now: deps.now,
    });
    const { view, ledger, notices } = this;
    this.call = new Call({ store, ledger, notices, view, now });
    this.planning = new Planning({ store, call: this.call, notices, view, now });
    this.recordings = new Recordings(store, now);
    this.flush = new SessionFlush({ store, recordings: this.recordings, due, database: deps.database, now: deps.now });
    this.deadlines = {
      [this.flush.dueName]: (item: DueItem) => this.flush.runDue(item),
      [NOTICES_DUE]: (item: DueItem) => notices.runDue(item),
      [TIMELINE_DUE]: () => this.runTimeline(),
    };
    if (this.remember()) this.scheduleTimeline();
  }

  refuseSocket(userId: number): ErrorCode | null {
    const { store, deps } = this;
    return refuseSocket(store.session, store.participant(userId), deps.now());
  }

  /** Whoever comes again takes the place of who they were. */
  welcome(live: LiveSocket): readonly SessionWelcome[] {
    const { store, call, deps } = this;
    const { userId } = live.state;
    const known = store.participant(userId);
    if (!known) return [];
    for (const other of deps.sockets.of(userId)) if (other !== live) deps.sockets.end(other, "superseded");
    const broadcast = this.atOnce(() => call.supersede(known));
    deps.commit(() => ({ broadcast })).catch((error) => logError({ event: "session.not-told" }, error));
    const you = store.participant(userId) ?? known;
    return [this.view.welcome(you, deps.iceServersOf(userId))];
  }

  command(live: LiveSocket, command: SessionCommand): Outcome {
    const { store, call, planning, deps } = this;
    const { userId } = live.state;
    // From before another socket took its place; one that only closed is still heard to its end.
    const isSuperseded = deps.sockets.get(live.socket) !== live && deps.sockets.isConnected(userId);
    if (isSuperseded) return NOTHING;
    const late = this.catchUp();
    const caller = store.participant(userId);
    if (!caller || this.refuseSocket(userId)) {
      const code = isOver(store.session) ? "gone" : "forbidden";
      return this.closing({ broadcast: late, reply: { to: live, frames: [errorFrame(code, { ref: command.ref })] } });
    }
    const outcome = handleCommand(
      {
        store,
        call,
        planning,
        live,
        caller,
        now: deps.now(),
        end: (userId) => deps.sockets.endUser(userId, "removed"),
      },
      command,
    );
    return this.closing({ ...outcome, broadcast: [...late, ...(outcome.broadcast ?? [])] });
  }

  presence(userId: number, isConnected: boolean): Outcome {
    // Coming is told by the welcome.
    if (isConnected || isOver(this.store.session)) return NOTHING;
    const late = this.catchUp();
    const one = this.store.participant(userId);
    if (!one || isOver(this.store.session)) return this.closing({ broadcast: late });
    return { broadcast: [...late, ...this.call.lose(one)] };
  }

  /** A socket that closed while nobody ran had this with it. */
  recall(userId: number, own: string): void {
    if (this.ledger.memo(userId) === undefined) this.ledger.restore(userId, own);
  }

  rebuild(): void {
    this.store.rebuild();
    this.remember();
  }

  beforeCommit(): void {
    if (this.mark !== this.flushedMark) this.flush.schedule(this.isUrgent);
    this.isUrgent = false;
    this.scheduleTimeline();
  }

  committed(): void {
    this.flushedMark = this.mark;
    this.notices.committed();
    this.keepLedger();
  }

  /** Somebody's account is gone: nothing here says who they were, and what they planned does not take place. */
  erase(userId: number): Broadcast[] {
    const { store, call, planning, notices, recordings } = this;
    const one = store.participant(userId);
    if (!one || one.name === "") return [];
    notices.forget(userId);
    const isHost = one.role === "HOST";
    // First: what the others are told of it has no words of theirs.
    if (isHost) store.changeSession({ hostId: null, title: null, description: null });
    const events = isHost && store.session.status === "SCHEDULED" ? planning.cancelAll("CANCELLED") : [];
    const present = store.participant(userId) ?? one;
    const goes = !isHost && !isOver(store.session) && present.invitation !== "REMOVED";
    events.push(...(goes ? planning.remove(present) : call.leave(present, "left")));
    store.changeParticipant(one, { name: "", imageUrl: null, rating: null, feedback: null, hasConsented: false });
    store.removeMessages(userId);
    recordings.forget(userId);
    return events;
  }

  /** What this group changes is flushed without the usual delay. */
  flushSoon(): void {
    this.isUrgent = true;
  }

  /** Where it is over now, its sockets end behind the last frame. */
  closing(outcome: Outcome): Outcome {
    if (!isOver(this.store.session)) return outcome;
    this.flushSoon();
    return {
      ...outcome,
      after: () => {
        outcome.after?.();
        this.deps.sockets.endAll("gone");
      },
    };
  }

  private async runTimeline(): Promise<NextRun> {
    await this.deps.commit(() => this.closing({ broadcast: this.catchUp() }));
    const at = this.nextAt();
    return at === null ? null : { at };
  }

  /** The clock has brought something that nobody has noticed. */
  isLate(): boolean {
    const [next] = stepsToCome(this.standing());
    return next !== undefined && next.at <= this.deps.now();
  }

  /**
   * What the clock has brought by now, each at its own time, however late it is noticed: whose turn it was when somebody
   * talked does not depend on when an alarm rings. Comes before whatever else happens.
   */
  catchUp(): Broadcast[] {
    const now = this.deps.now();
    const events: Broadcast[] = [];
    // Each step may lead to another one that is due; a bound, should one ever lead to itself.
    for (let taken = 0; taken < 50; taken += 1) {
      const [next] = stepsToCome(this.standing());
      if (!next || next.at > now) break;
      if (next.step.kind === "remind" && !isInTime(next, now)) this.skipReminder(next.step.minutes);
      else events.push(...this.takeAt(next));
    }
    return events;
  }

  /** Not in the queue: what a socket is welcomed with has to be so. */
  private atOnce<Value>(run: () => Value): Value {
    try {
      return transaction(this.deps.storage, run);
    } catch (error) {
      this.rebuild();
      throw error;
    }
  }

  private takeAt({ at, step }: TimedStep): Broadcast[] {
    this.moment = at;
    try {
      return this.take(step);
    } finally {
      this.moment = null;
    }
  }

  private scheduleTimeline(): void {
    const { due, now } = this.deps;
    const at = this.nextAt();
    if (at !== null) due.schedule(TIMELINE_DUE, Math.max(at, now()));
  }

  /** Null: it is over. While somebody is in the call, now and then whether they still are: a kill ends sockets without a word. */
  private nextAt(): number | null {
    const standing = this.standing();
    const [next] = stepsToCome(standing);
    if (!next) return null;
    const isSomebodyThere = standing.participants.some((one) => one.joinedSince !== null && one.lostSince === null);
    return isSomebodyThere ? Math.min(next.at, this.deps.now() + LOOK_MS) : next.at;
  }

  private take(step: Step): Broadcast[] {
    const { store, call, planning } = this;
    switch (step.kind) {
      case "remind":
        planning.remind(step.minutes);
        return [];
      case "switch":
        return call.switchLanguage();
      case "warn":
        return call.warn();
      case "lose": {
        const one = store.participant(step.userId);
        return one ? call.leave(one, "lost") : [];
      }
      case "complete":
        return call.complete(step.reason);
      case "cancel":
        return step.reason === "NO_SHOW" ? call.complete("NO_SHOW") : planning.cancelAll(step.reason);
    }
  }

  private skipReminder(minutes: number): void {
    this.store.changeCall({ reminded: [...this.store.call.reminded, minutes] });
  }

  private standing() {
    const { session, call } = this.store;
    return { session, call, participants: this.store.participants() };
  }

  private get mark(): string {
    const { epoch, rev } = this.store.head;
    return `${epoch}:${rev}`;
  }

  /** What was said lives with the sockets; whoever is in the call without one was cut off. */
  private remember(): boolean {
    const { sockets, now } = this.deps;
    let isAnybodyLost = false;
    this.ledger.clear();
    for (const { state } of sockets.all()) if (state.own !== undefined) this.ledger.restore(state.userId, state.own);
    for (const one of this.store.participants()) {
      const isCutOff = one.joinedSince !== null && one.lostSince === null && !sockets.isConnected(one.userId);
      if (isCutOff) this.store.changeParticipant(one, { lostSince: now() });
      isAnybodyLost ||= isCutOff;
    }
    return isAnybodyLost;
  }

  private keepLedger(): void {
    const { sockets } = this.deps;
    for (const live of sockets.all()) {
      const own = this.ledger.memo(live.state.userId);
      if (own !== live.state.own) sockets.keep(live, own);
    }
  }
}
