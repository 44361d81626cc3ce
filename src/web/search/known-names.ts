/** Names of rooms and people for what was found: from the list of rooms, and else asked for, once for each room. */
import { useEffect, useMemo, useRef, useState } from "react";
import type { RoomAnswer, RoomListItem, SearchHit } from "../../client/index.ts";
import type { Formats } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { nameOfListed } from "../rooms/room-name.ts";
import type { Session } from "../session/session.ts";

export interface KnownPerson {
  readonly userId: number;
  readonly name: string;
}

export interface KnownNames {
  readonly roomName: (roomId: number) => string | undefined;
  readonly personName: (roomId: number, userId: number) => string | undefined;
  /** Everybody of a room, or of all rooms; without yourself, each once, by name. */
  readonly people: (roomId: number | undefined) => readonly KnownPerson[];
}

interface Sources {
  readonly rooms: readonly RoomListItem[];
  /** The rooms that were asked for, with everybody who is or was in them. */
  readonly asked: ReadonlyMap<number, RoomAnswer>;
  readonly yourId: number;
  readonly formats: Formats;
}

export function knownNames({ rooms, asked, yourId, formats }: Sources): KnownNames {
  const listed = new Map(rooms.map((room) => [room.id, room]));
  const inRoom = (roomId: number): readonly KnownPerson[] => [
    ...(listed.get(roomId)?.participants ?? []),
    ...(asked.get(roomId)?.participants ?? []),
  ];
  return {
    roomName: (roomId) => {
      const room = listed.get(roomId);
      if (room !== undefined) return nameOfListed(room, formats);
      const others = inRoom(roomId).filter(({ userId }) => userId !== yourId);
      return (
        asked.get(roomId)?.name ?? (others.length > 0 ? formats.listNames(others.map(({ name }) => name)) : undefined)
      );
    },
    personName: (roomId, userId) => inRoom(roomId).find((person) => person.userId === userId)?.name,
    people: (roomId) => {
      const ids = roomId === undefined ? [...listed.keys(), ...asked.keys()] : [roomId];
      const byId = new Map(ids.flatMap(inRoom).map(({ userId, name }) => [userId, { userId, name }]));
      byId.delete(yourId);
      return [...byId.values()].toSorted((one, other) => one.name.localeCompare(other.name));
    },
  };
}

/** `roomId`: a room whose people are wanted, all of them. */
export function useKnownNames(
  { client, userId }: Session,
  rooms: readonly RoomListItem[],
  wanted: { readonly hits: readonly SearchHit[]; readonly roomId: number | undefined },
): KnownNames {
  const { formats } = useLocale();
  const [asked, setAsked] = useState<ReadonlyMap<number, RoomAnswer>>(new Map());
  const names = useMemo(() => knownNames({ rooms, asked, yourId: userId, formats }), [rooms, asked, userId, formats]);

  const { hits, roomId } = wanted;
  const begun = useRef(new Set<number>());
  useEffect(() => {
    const unknown = hits
      .map(({ message }) => message)
      .filter((one) => one.senderId !== userId && names.personName(one.roomId, one.senderId) === undefined)
      .map((one) => one.roomId);
    for (const id of new Set(roomId === undefined ? unknown : [...unknown, roomId])) {
      if (begun.current.has(id)) continue;
      begun.current.add(id);
      const learn = (room: RoomAnswer) => setAsked((known) => new Map(known).set(id, room));
      // Without a name it is still found; the next search asks again.
      client.getRoom(id).then(learn, () => begun.current.delete(id));
    }
  }, [client, userId, hits, roomId, names]);
  return names;
}
