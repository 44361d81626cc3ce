/** The form in which the demo's conversations are written. */
import type { DemoKey } from "../people.ts";

export interface DialogueRoom {
  /** Part of the seed's idempotency keys: renaming it makes a new room. */
  readonly key: string;
  readonly roomType: "DIRECT" | "GROUP";
  readonly name?: string;
  readonly description?: string;
  /** The first of them makes the room. */
  readonly people: readonly [DemoKey, ...DemoKey[]];
  /** Who has not read the last so many lines yet; everyone else has read all. */
  readonly unread?: Partial<Record<DemoKey, number>>;
  /** A line's place is its identity: do not reorder. The last one is sent when all else is done, and so has no extras. */
  readonly lines: readonly Line[];
}

type Line = readonly [from: DemoKey, text: string, extras?: LineExtras];

export interface LineExtras {
  /** A reply to the line that many lines before this one. */
  readonly back?: number;
  /** Each emoji with those who reacted with it. */
  readonly reactions?: Readonly<Record<string, readonly DemoKey[]>>;
  /** A better wording, proposed by somebody else. */
  readonly better?: { readonly by: DemoKey; readonly text: string; readonly note?: string };
  /** What was sent at first; `text` is what it was edited to. */
  readonly before?: string;
}
