/**
 * What partners show, as each of them told: in memory, and for who is there in the sockets' attachments, so that it
 * survives hibernation and costs no row. Where it is not known it is asked for anew: nothing of it is a truth.
 */
import { z } from "zod";
import { type PresenceStatus, presenceStatus } from "../../schema/protocol/me/entities.ts";
import type { PresenceState } from "../../schema/rpc.ts";
import { isNews, UNKNOWN } from "./rules.ts";

const memo = z.array(z.tuple([z.int(), presenceStatus, z.int()]));

/** An attachment takes 16 KiB, and the rest of it needs its part. */
const MOST_IN_MEMO = 400;

export class Partners {
  private readonly states = new Map<number, PresenceState>();
  /** All partners were asked since somebody is connected. */
  private asked = false;

  get isKnown(): boolean {
    return this.asked;
  }

  known(): void {
    this.asked = true;
  }

  state(userId: number): PresenceState {
    return this.states.get(userId) ?? UNKNOWN;
  }

  /** Those who are there, as far as it is known. */
  online(): number[] {
    return [...this.states].filter(([, { status }]) => status !== "offline").map(([userId]) => userId);
  }

  /** True where it is news. */
  note(userId: number, heard: PresenceState): boolean {
    if (!isNews(this.state(userId), heard)) return false;
    this.states.set(userId, heard);
    return true;
  }

  /** True where they were there. */
  drop(userId: number): boolean {
    const wasThere = this.state(userId).status !== "offline";
    this.states.delete(userId);
    return wasThere;
  }

  /** Nobody is connected: nobody tells this one any more. */
  forget(): void {
    this.states.clear();
    this.asked = false;
  }

  /** Undefined where it would not fit: who wakes up asks again. */
  memo(): string | undefined {
    const online = [...this.states].filter(([, { status }]) => status !== "offline");
    if (!this.asked || online.length > MOST_IN_MEMO) return undefined;
    return JSON.stringify(
      online.map(([userId, { status, since }]): [number, PresenceStatus, number] => [userId, status, since]),
    );
  }

  restore(text: string): void {
    for (const [userId, status, since] of memo.parse(JSON.parse(text))) {
      this.states.set(userId, { status, lastSeen: null, since });
    }
    this.asked = true;
  }
}
