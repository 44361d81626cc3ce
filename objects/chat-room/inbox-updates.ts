/** Whose inbox is to be told, and what: how the room stands for each of its people. Reads only. */
import type { InboxEntry } from "../../schema/protocol/me/entities.ts";
import type { InboxUpdate, UnreadMessage } from "../../schema/rpc.ts";
import type { MessageType } from "../../schema/values.ts";
import type { RoomBlocks } from "./blocks.ts";
import type { StoredParticipant } from "./rows.ts";
import type { RoomStore } from "./store.ts";
import { isSame, type ToldInboxes } from "./told-inboxes.ts";

/** Unread messages are counted up to this many. */
export const MOST_UNREAD = 100;
const PREVIEW_CHARACTERS = 140;
/** A character may be made of very many code units. */
const PREVIEW_UNITS = 560;

export interface InboxUpdatesDeps {
  readonly store: RoomStore;
  readonly blocks: Pick<RoomBlocks, "of">;
  readonly sql: SqlStorage;
  /** Whether they hold a socket of the room. */
  readonly isConnected: (userId: number) => boolean;
  readonly now: () => number;
}

export class InboxUpdates {
  private readonly store: RoomStore;
  private readonly blocks: Pick<RoomBlocks, "of">;
  private readonly sql: SqlStorage;
  private readonly now: () => number;
  private readonly isConnected: (userId: number) => boolean;
  /** Never untrue again. */
  private haveAllWritten = false;
  private madeAt = 0;

  constructor({ store, blocks, sql, isConnected, now }: InboxUpdatesDeps) {
    this.store = store;
    this.blocks = blocks;
    this.sql = sql;
    this.isConnected = isConnected;
    this.now = now;
  }

  /** A message concerns everybody, also who left a moment ago; a marker, a block or a join only one. */
  due({ position, untold }: Pick<ToldInboxes, "position" | "untold">): readonly StoredParticipant[] {
    const { head, room, messageRev } = this.store;
    if (isSame(head, position) && untold.size === 0) return [];
    const told = position?.epoch === head.epoch ? position : { id: -1, rev: -1 };
    const isForAll =
      head.id > told.id || room.rev > told.rev || (messageRev > told.rev && this.isShownOtherwise(told.rev));
    return this.store
      .participants()
      .filter(({ userId, rev, isActive }) => (isForAll && isActive) || rev > told.rev || untold.has(userId));
  }

  /** How the room stands for one of its people at this moment. */
  of(participant: StoredParticipant): InboxUpdate {
    const { room, head } = this.store;
    const { userId, isActive, lastReadMessageId } = participant;
    // Later than what was made before, whatever the clock says.
    this.madeAt = Math.max(this.now(), this.madeAt + 1);
    const last = this.lastMessage();
    const isHidden = last !== null && this.blocks.of(userId).has(last.senderId);
    return {
      ...{ roomId: room.id, room, epoch: head.epoch, rev: head.rev, madeAt: this.madeAt, lastMessageId: head.id },
      ...{ isActive, lastReadMessageId },
      unread: isActive ? this.unread(participant) : 0,
      lastMessage: isHidden ? { ...last, preview: null } : last,
      partnerId: isActive ? this.partnerOf(userId) : null,
      latestUnread: isActive ? this.latestUnread(participant) : null,
      isHere: this.isConnected(userId),
    };
  }

  private lastMessage(): InboxEntry["lastMessage"] {
    const last = this.store.message(this.store.head.id);
    if (!last) return null;
    const { senderId, messageType, content, isDeleted, createdAt } = last;
    return { senderId, messageType, isDeleted, preview: content === null ? null : beginning(content), createdAt };
  }

  /** An inbox shows of earlier messages only how many there are: a reaction or a correction changes nothing there. */
  private isShownOtherwise(rev: number): boolean {
    const { head } = this.store;
    return (
      this.sql
        .exec("SELECT 1 FROM messages WHERE rev > ? AND rev > 0 AND (is_deleted = 1 OR id = ?) LIMIT 1", rev, head.id)
        .toArray().length > 0
    );
  }

  /** Messages of the blocked are not shown, and so not waited for either. */
  private unread({ userId, lastReadMessageId }: StoredParticipant): number {
    if (lastReadMessageId >= this.store.head.id) return 0;
    const { unread } = this.sql
      .exec<{ unread: number }>(
        `SELECT count(*) AS unread FROM (
           SELECT 1 FROM messages WHERE id > ? AND sender_id <> ? AND is_deleted = 0
             AND sender_id NOT IN (SELECT value FROM json_each(?)) LIMIT ?)`,
        lastReadMessageId,
        userId,
        JSON.stringify([...this.blocks.of(userId)]),
        MOST_UNREAD,
      )
      .one();
    return unread;
  }

  /** Of what people said: who came and who went is nothing to be called for. */
  private latestUnread({ userId, lastReadMessageId }: StoredParticipant): UnreadMessage | null {
    if (lastReadMessageId >= this.store.head.id) return null;
    const [latest] = this.sql
      .exec<{ id: number; senderId: number; messageType: MessageType }>(
        `SELECT id, sender_id AS senderId, message_type AS messageType FROM messages
         WHERE id > ? AND sender_id <> ? AND is_deleted = 0 AND message_type <> 'SYSTEM'
           AND sender_id NOT IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT 1`,
        lastReadMessageId,
        userId,
        JSON.stringify([...this.blocks.of(userId)]),
      )
      .toArray();
    return latest ? { ...latest, senderName: this.store.participant(latest.senderId)?.name ?? "" } : null;
  }

  private partnerOf(userId: number): number | null {
    const { room } = this.store;
    const other = this.store.participants().find((one) => one.userId !== userId);
    if (room.roomType !== "DIRECT" || !room.isActive || !other?.isActive || !this.haveBothWritten()) return null;
    return this.blocks.of(userId).has(other.userId) ? null : other.userId;
  }

  private haveBothWritten(): boolean {
    this.haveAllWritten ||= this.sql
      .exec<{ all_wrote: number }>(
        `SELECT min(EXISTS (SELECT 1 FROM messages WHERE sender_id = user_id AND client_id IS NOT NULL)) AS all_wrote
         FROM participants`,
      )
      .toArray()
      .every(({ all_wrote }) => all_wrote === 1);
    return this.haveAllWritten;
  }
}

/** By characters as people count them: none is cut in two. */
function beginning(text: string): string {
  if (text.length <= PREVIEW_CHARACTERS) return text;
  let [characters, end] = [0, 0];
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    characters += 1;
    if (characters > PREVIEW_CHARACTERS || end + segment.length > PREVIEW_UNITS) break;
    end += segment.length;
  }
  return text.slice(0, end);
}
