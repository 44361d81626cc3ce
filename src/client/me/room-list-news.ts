/** Tells the client's list of rooms how they stand by one's inbox, as long as there is a connection. */
import type { InboxEntry } from "../../../schema/protocol/me/entities.ts";
import type { MeServerFrame } from "../../../schema/protocol/me/server-frames.ts";
import type { RoomList } from "../room-list.ts";
import { type NotificationPage, withInbox } from "./me-state.ts";

export class RoomListNews {
  readonly #list: RoomList;
  readonly #inbox = new Map<number, InboxEntry>();
  readonly #left = new Set<number>();
  #isFollowed = false;
  #wasLost = false;

  constructor(list: RoomList) {
    this.#list = list;
  }

  take(frame: MeServerFrame | NotificationPage): void {
    if (frame.type === "welcome") {
      this.#inbox.clear();
      this.#left.clear();
      for (const entry of frame.inbox) this.#inbox.set(entry.roomId, entry);
      this.#isFollowed = true;
      this.#follow(frame.inbox, this.#wasLost);
    } else if (frame.type === "inbox.updated") {
      this.#inbox.set(frame.entry.roomId, frame.entry);
      this.#left.delete(frame.entry.roomId);
      this.#follow([frame.entry]);
    } else if (frame.type === "inbox.removed") {
      this.#inbox.delete(frame.roomId);
      this.#left.add(frame.roomId);
      this.#follow([]);
    }
  }

  /** The list asks for itself again. */
  lost(): void {
    if (!this.#isFollowed) return;
    this.#isFollowed = false;
    this.#wasLost = true;
    this.#list.follow(undefined);
    this.#reload();
  }

  /** One's inbox knows no names: for a room that is new, and what changed while one was away, the list is asked for. */
  #follow(entries: readonly InboxEntry[], wasAway = false): void {
    const listed = new Set(this.#list.getSnapshot().rooms?.map(({ id }) => id));
    this.#list.follow((rooms) => withInbox(rooms, this.#inbox, this.#left));
    if (wasAway || entries.some(({ roomId }) => !listed.has(roomId))) this.#reload();
  }

  /** Not where nobody has looked at it yet. */
  #reload(): void {
    if (this.#list.getSnapshot().rooms !== undefined) void this.#list.reload();
  }
}
