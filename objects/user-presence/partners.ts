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
const MOST_MEMO_CHARACTERS = 12_000;

export class Partners {
  private readonly states = new Map<number, PresenceState>();
  /** All partners were asked since somebody is connected. */
  private asked = false;
  private askings = 0;

  get isKnown(): boolean {
    return this.asked;
  }

  /** Names the asking that is under way: see `known`. */
  get asking(): number {
    return this.askings;
  }

  /** All were asked, unless there was reason to ask again meanwhile. */
  known(asking: number): void {
    if (asking === this.askings) this.asked = true;
  }

  /** There is somebody more to ask. */
  askAgain(): void {
    this.asked = false;
    this.askings += 1;
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

  /** This one is said to be gone: nobody tells them any more. */
  forget(): void {
    this.states.clear();
    this.askAgain();
  }

  /** Undefined where it would not fit: who wakes up asks again. */
  memo(): string | undefined {
    if (!this.asked) return undefined;
    const online = [...this.states].filter(([, { status }]) => status !== "offline");
    const text = JSON.stringify(
      online.map(([userId, { status, since }]): [number, PresenceStatus, number] => [userId, status, since]),
    );
    return text.length > MOST_MEMO_CHARACTERS ? undefined : text;
  }

  restore(text: string): void {
    for (const [userId, status, since] of memo.parse(JSON.parse(text))) {
      this.states.set(userId, { status, lastSeen: null, since });
    }
    this.asked = true;
  }
}
