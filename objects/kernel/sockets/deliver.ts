/**
 * What a committed group leads to, onto the sockets: the broadcast first, then the answers in the order of their
 * commands. What an answer reads is read after the broadcast, so nobody is told less than they were told before.
 */
import { logError } from "../log.ts";
import { errorFrame, type Outcome, type Reply } from "../outcome.ts";
import type { Frame, LiveSocket, SocketRegistry } from "./registry.ts";

export function deliver(sockets: SocketRegistry, outcomes: readonly Outcome[]): void {
  const replies = bySocket(outcomes);
  const answers = new Map<LiveSocket, Frame[]>();
  for (const [live, list] of replies) answers.set(live, takeReady(list));
  sockets.broadcast(
    outcomes.flatMap(({ broadcast }) => broadcast ?? []),
    answers,
  );
  for (const [live, list] of replies) {
    for (const reply of list) {
      // Pages are large: each is made when its turn comes, sent at once, and not made for a socket that was ended.
      if (sockets.get(live.socket)) sockets.send(live, framesOf(reply));
    }
  }
  for (const { after } of outcomes) {
    try {
      after?.();
    } catch (error) {
      logError({ event: "outcome.failed" }, error);
    }
  }
}

function bySocket(outcomes: readonly Outcome[]): Map<LiveSocket, Reply[]> {
  const replies = new Map<LiveSocket, Reply[]>();
  for (const { reply } of outcomes) {
    if (!reply) continue;
    const earlier = replies.get(reply.to);
    if (earlier) earlier.push(reply);
    else replies.set(reply.to, [reply]);
  }
  return replies;
}

/** Takes from the front of the list what needs no reading: it can go out with the broadcast. */
function takeReady(replies: Reply[]): Frame[] {
  const later = replies.findIndex(({ frames }) => typeof frames === "function");
  const ready = replies.splice(0, later < 0 ? replies.length : later);
  return ready.flatMap(({ frames }) => (typeof frames === "function" ? [] : frames));
}

/** The command is committed by now: a read that fails must not keep the others' answers back. */
function framesOf({ frames }: Reply): readonly Frame[] {
  if (typeof frames !== "function") return frames;
  try {
    return frames();
  } catch (error) {
    logError({ event: "reply.failed" }, error);
    return [errorFrame("internal")];
  }
}
