/** Holds what clients were promised against what a room has. */
import type { Message } from "../../../schema/protocol/room/entities.ts";
import type { Sent } from "./load.ts";

export interface Findings {
  /** Acknowledged, but not there under the number that was given, or with another content. */
  readonly lost: readonly Sent[];
  /** clientIds that more than one message has. */
  readonly doubled: readonly string[];
  /** Messages that nobody sent. */
  readonly strange: readonly Message[];
}

export function audit(messages: readonly Message[], sent: readonly Sent[]): Findings {
  const byClientId = Map.groupBy(messages, ({ clientId }) => clientId ?? "");
  const promised = new Map(sent.map((one) => [one.clientId, one]));
  return {
    lost: sent.filter((one) => one.ackedId !== undefined && !isKept(one, byClientId.get(one.clientId)?.[0])),
    doubled: [...byClientId].filter(([, copies]) => copies.length > 1).map(([clientId]) => clientId),
    strange: messages.filter(({ clientId }) => !promised.has(clientId ?? "")),
  };
}

function isKept({ ackedId, senderId, content, edit }: Sent, message: Message | undefined): boolean {
  if (message?.id !== ackedId || message?.senderId !== senderId) return false;
  if (edit?.acked) return message.content === edit.content;
  // An edit that was cut off may have been stored or not.
  return message.content === content || (edit !== undefined && message.content === edit.content);
}

/** 1, 2, 3 … in this order. */
export function isContiguous(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => number === index + 1);
}
