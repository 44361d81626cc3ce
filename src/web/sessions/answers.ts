import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import type { Invitation } from "../../../schema/sessions.ts";
import type { Session } from "../session/session.ts";
import { answerInvitation, loadSessions } from "./session-calls.ts";
import { ownPart, standingOf } from "./standing.ts";

export type Answer = "confirm" | "decline";

export interface Answered {
  /** How one stands in the session that was asked about; undefined where that was refused. */
  readonly invitation: Invitation | undefined;
  readonly refused: readonly { readonly planned: SessionAnswer; readonly error: unknown }[];
}

/** Says it to this invitation, and to those of its series that wait too where that is meant. One that is refused stops no other. */
export async function answerAll(
  { client, userId }: Session,
  planned: SessionAnswer,
  { answer, isForAll }: { readonly answer: Answer; readonly isForAll: boolean },
): Promise<Answered> {
  const all = isForAll ? await loadSessions(client, { from: Date.now() }) : [];
  const others = all.filter(
    (one) => one.seriesId === planned.seriesId && one.id !== planned.id && standingOf(one, userId) === "asked",
  );
  const refused: { planned: SessionAnswer; error: unknown }[] = [];
  let invitation: Invitation | undefined;
  // One after the other: they are twenty-six at most.
  for (const one of [planned, ...others]) {
    try {
      const after = await answerInvitation(client, one.id, answer);
      if (one === planned) invitation = ownPart(after, userId)?.invitation;
    } catch (error) {
      refused.push({ planned: one, error });
    }
  }
  return { invitation, refused };
}
