/** Plays one dialogue into its room, from wherever an earlier run stopped. */
import type { Message, RoomConnection, StudyMateClient } from "../client/index.ts";
import type { DialogueRoom, LineExtras } from "./dialogues/script.ts";
import type { DemoKey } from "./people.ts";
import { until } from "./until.ts";

export type Cast = ReadonlyMap<DemoKey, { readonly id: number; readonly client: StudyMateClient }>;

const PAGE = 100;
const READ_MS = 10_000;

/** Returns how many messages it sent: 0 where all were there. */
export async function seedRoom(dialogue: DialogueRoom, cast: Cast, signal: AbortSignal): Promise<number> {
  const { roomType, name = null, description = null, people, lines } = dialogue;
  const [maker, ...others] = people.map((key) => member(cast, key));
  if (maker === undefined) throw new Error("A dialogue has people.");
  const { id: roomId } = await maker.client.createRoom(
    { roomType, name, description, participantIds: others.map(({ id }) => id) },
    { idempotencyKey: `demo-${dialogue.key}` },
  );
  const lastClientId = clientIdOf(dialogue, lines.length - 1);
  const known = await storedMessages(maker.client, roomId, lastClientId);
  // The last line is sent when everything else is done.
  if (known.has(lastClientId)) return 0;

  const rooms = new Map(people.map((key) => [key, member(cast, key).client.room(roomId)]));
  await Promise.all([...rooms.values()].map((room) => room.whenLive()));
  const player = new Player(cast, rooms);
  const ids: number[] = [];
  for (const [index, [from, text, extras = {}]] of lines.entries()) {
    const clientId = clientIdOf(dialogue, index);
    const stored = known.get(clientId);
    const replyToId = extras.back === undefined ? undefined : ids[index - extras.back];
    const id =
      stored?.id ??
      (await player.room(from).send(extras.before ?? text, { clientId, ...(replyToId && { replyToId }) })).id;
    ids.push(id);
    if (extras.before !== undefined && !stored?.isEdited) await player.room(from).edit(id, text);
    await player.addExtras(id, extras, stored);
  }
  const markAll = people.map((key) => {
    const lastRead = ids.at(-1 - (dialogue.unread?.[key] ?? 0));
    return lastRead === undefined ? undefined : markRead(player.room(key), lastRead, signal);
  });
  await Promise.all(markAll);
  return lines.length - known.size;
}

/** Whose hands write into the room. */
class Player {
  readonly #cast: Cast;
  readonly #rooms: ReadonlyMap<DemoKey, RoomConnection>;

  constructor(cast: Cast, rooms: ReadonlyMap<DemoKey, RoomConnection>) {
    this.#cast = cast;
    this.#rooms = rooms;
  }

  room(key: DemoKey): RoomConnection {
    const room = this.#rooms.get(key);
    if (room === undefined) throw new Error(`${key} does not take part.`);
    return room;
  }

  async addExtras(id: number, { better, reactions = {} }: LineExtras, stored: Message | undefined): Promise<void> {
    if (better && !stored?.corrections.some(({ userId }) => userId === member(this.#cast, better.by).id)) {
      await this.room(better.by).correct(id, better.text, better.note);
    }
    for (const [emoji, people] of Object.entries(reactions)) {
      const had = stored?.reactions.find((reaction) => reaction.emoji === emoji)?.userIds ?? [];
      for (const key of people.filter((person) => !had.includes(member(this.#cast, person).id))) {
        await this.room(key).react(id, emoji);
      }
    }
  }
}

function clientIdOf(dialogue: DialogueRoom, index: number): string {
  return `demo-${dialogue.key}-${index + 1}`;
}

export function member(cast: Cast, key: DemoKey) {
  const found = cast.get(key);
  if (found === undefined) throw new Error(`There is no ${key} in the cast.`);
  return found;
}

/** The room's messages by their clientId, oldest first, up to `lastClientId`; those that people added are among them. */
async function storedMessages(client: StudyMateClient, roomId: number, lastClientId: string) {
  const stored = new Map<string, Message>();
  for (let after: number | null = 0; after !== null && !stored.has(lastClientId); ) {
    const page = await client.history(roomId, { after, limit: PAGE });
    for (const message of page.items) if (message.clientId?.startsWith("demo-")) stored.set(message.clientId, message);
    after = page.nextCursor;
  }
  return stored;
}

/** A read marker has no answer: it is done when the room says so to everybody. */
async function markRead(room: RoomConnection, id: number, signal: AbortSignal): Promise<void> {
  const isDone = await until(
    () => {
      // Again, because the ack of the last message may come before the event that makes it known here.
      room.markRead(id);
      const { you, participants } = room.getSnapshot();
      return participants.some(({ userId, lastReadMessageId }) => userId === you?.userId && lastReadMessageId >= id);
    },
    { limitMs: READ_MS, signal },
  );
  if (!isDone) throw new Error(`A read marker did not arrive in room ${room.id}.`);
}
