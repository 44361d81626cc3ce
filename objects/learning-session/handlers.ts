/** One handler per frame: asks the rule, changes the call, and says what is told to whom. */
import type { ErrorCode } from "../../schema/protocol/errors.ts";
import type { SessionCommand } from "../../schema/protocol/session/client-frames.ts";
import type { SessionEvent } from "../../schema/protocol/session/server-frames.ts";
import { SESSION_LIMITS } from "../../schema/session-limits.ts";
import { ackFrame, errorFrame, NOTHING, type Outcome } from "../kernel/outcome.ts";
import type { Broadcast, LiveSocket } from "../kernel/sockets/registry.ts";
import type { Call } from "./call.ts";
import type { Planning } from "./planning.ts";
import { iso, type StoredParticipant } from "./rows.ts";
import { decideRecord, decideSignal, decideStopRecording } from "./rules.ts";
import type { SessionStore } from "./store.ts";

export interface HandlerContext {
  readonly store: SessionStore;
  readonly call: Call;
  readonly planning: Planning;
  readonly live: LiveSocket;
  readonly caller: StoredParticipant;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Closes somebody's sockets once the group is delivered. */
  readonly end: (userId: number) => void;
}

type Handler<Type extends SessionCommand["type"]> = (
  context: HandlerContext,
  command: Extract<SessionCommand, { type: Type }>,
) => Outcome;

const HANDLERS = {
  join: ({ call, caller, live }, { ref, media }) => ({
    broadcast: call.join(caller, media),
    ...reply(live, ackFrame(ref, { generation: caller.generation })),
  }),
  leave: ({ call, caller, live }, { ref }) => ({
    broadcast: call.leave(caller, "left"),
    ...reply(live, ackFrame(ref)),
  }),
  signal: ({ store, caller, live }, command) => {
    const { ref, to, toGeneration, description, candidate } = command;
    if (bytes(description?.sdp) > SESSION_LIMITS.descriptionBytes) return refusal(live, command, "too_large");
    const target = decideSignal(caller, store.participant(to), toGeneration);
    if (!target.ok) return refusal(live, command, target.error);
    const acked = ref === undefined ? NOTHING : reply(live, ackFrame(ref));
    if (target.value === null) return acked;
    const frame: SessionEvent = {
      type: "signal",
      from: caller.userId,
      generation: caller.generation,
      ...(description !== undefined && { description }),
      ...(candidate !== undefined && { candidate }),
    };
    return { broadcast: [only(to, frame)], ...acked };
  },
  media: (context, command) => {
    const { call, caller, live } = context;
    if (caller.joinedSince === null) return refusal(live, command, "conflict");
    const { audio, video, screen, ref } = command;
    return { broadcast: call.setMedia(caller, { audio, video, screen }), ...reply(live, ackFrame(ref)) };
  },
  speaking: ({ call, caller }, { active }) => ({ broadcast: call.say(caller, active) }),
  "language.switch": ({ store, call, caller, live }, command) => {
    const { secondaryLanguage, status } = store.session;
    if (caller.joinedSince === null || secondaryLanguage === null || status !== "IN_PROGRESS")
      return refusal(live, command, "conflict");
    const { switched, events } = call.askForLanguage(caller);
    return { broadcast: events, ...reply(live, ackFrame(command.ref, { switched })) };
  },
  "recording.consent": ({ call, caller, live }, { granted, ref }) => ({
    broadcast: call.consent(caller, granted),
    ...reply(live, ackFrame(ref)),
  }),
  "recording.start": ({ store, call, caller, live, now }, command) => {
    const allowed = decideRecord(store.call, store.participants(), caller);
    if (!allowed.ok) return refusal(live, command, allowed.error);
    return { broadcast: call.startRecording(caller), ...reply(live, ackFrame(command.ref, { startedAt: iso(now) })) };
  },
  "recording.stop": ({ store, call, caller, live }, command) => {
    const allowed = decideStopRecording(store.call, caller);
    if (!allowed.ok) return refusal(live, command, allowed.error);
    return { broadcast: allowed.value ? call.stopRecording() : [], ...reply(live, ackFrame(command.ref)) };
  },
  chat: ({ store, caller, live, now }, { content, ref }) => {
    const message = store.addMessage(caller.userId, content, now);
    const { id, createdAt } = message;
    return { broadcast: [event({ type: "chat", message })], ...reply(live, ackFrame(ref, { id, createdAt })) };
  },
  reaction: ({ caller, live }, { emoji, ref }) => ({
    broadcast: [event({ type: "reaction", userId: caller.userId, emoji })],
    ...reply(live, ackFrame(ref)),
  }),
  end: (context, command) => {
    const { call, caller, live, store } = context;
    if (caller.role !== "HOST") return refusal(live, command, "forbidden");
    if (store.session.actualStart === null) return refusal(live, command, "conflict");
    return { broadcast: call.complete("HOST"), ...reply(live, ackFrame(command.ref)) };
  },
  remove: (context, command) => {
    const { store, planning, caller, live, end } = context;
    const target = guestOf(context, command.userId);
    if (caller.role !== "HOST") return refusal(live, command, "forbidden");
    if (!target || !store.participant(target.userId)) return refusal(live, command, "not_found");
    const broadcast = planning.remove(target);
    return { broadcast, ...reply(live, ackFrame(command.ref)), after: () => end(target.userId) };
  },
  mute: (context, command) => {
    const { caller, live } = context;
    const target = guestOf(context, command.userId);
    if (caller.role !== "HOST") return refusal(live, command, "forbidden");
    if (!target || target.joinedSince === null) return refusal(live, command, "not_found");
    const frame = event({ type: "mute.requested", userId: caller.userId });
    return { broadcast: [only(target.userId, frame)], ...reply(live, ackFrame(command.ref)) };
  },
} satisfies { [Type in SessionCommand["type"]]: Handler<Type> };

export function handleCommand(context: HandlerContext, command: SessionCommand): Outcome {
  // Each entry takes the command of its own name: the table's type says so, TypeScript cannot follow it here.
  const handler = HANDLERS[command.type] as (context: HandlerContext, command: SessionCommand) => Outcome;
  return handler(context, command);
}

function guestOf({ store }: HandlerContext, userId: number): StoredParticipant | undefined {
  const one = store.participant(userId);
  return one && one.role !== "HOST" && one.invitation === "CONFIRMED" ? one : undefined;
}

const encoder = new TextEncoder();

function bytes(text = ""): number {
  return encoder.encode(text).length;
}

function only(userId: number, frame: SessionEvent): Broadcast {
  return { frameFor: (viewerId) => (viewerId === userId ? frame : null) };
}

function refusal(live: LiveSocket, { ref }: Pick<SessionCommand, "ref">, code: ErrorCode): Outcome {
  return reply(live, errorFrame(code, { ref }));
}

function reply(live: LiveSocket, frame: { readonly type: string }): Outcome {
  return { reply: { to: live, frames: [frame] } };
}

function event(frame: SessionEvent): SessionEvent {
  return frame;
}
