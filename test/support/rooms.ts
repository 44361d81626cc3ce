/** Rooms of the tests: made as the Worker makes them, in D1 and in their object. */
import { env } from "cloudflare:workers";
import type { ChatRoomRpc, NewRoom } from "../../schema/rpc.ts";
import type { RoomType } from "../../schema/values.ts";

let people = 0;

/** Inserts `count` people and returns their ids. */
export async function makePeople(count: number): Promise<number[]> {
  const statement = env.DB.prepare(
    "INSERT INTO users (email, english_name, birth_date) VALUES (?, ?, '1995-05-05') RETURNING id",
  );
  const run = crypto.randomUUID().slice(0, 8);
  const inserts = Array.from({ length: count }, () => {
    people += 1;
    return statement.bind(`person-${run}-${people}@example.com`, `Person ${people}`);
  });
  const results = await env.DB.batch<{ id: number }>(inserts);
  return results.flatMap(({ results: [row] }) => (row ? [row.id] : []));
}

export type RoomStub = DurableObjectStub & ChatRoomRpc;

/** A stub as its interface says: the platform's mapped type does not end on JSON that holds JSON. */
export function roomStub(id: number | string): RoomStub {
  return env.CHAT_ROOM.getByName(String(id)) as unknown as RoomStub;
}

export interface TestRoom {
  readonly id: number;
  readonly stub: RoomStub;
  readonly userIds: readonly number[];
  readonly newRoom: NewRoom;
}

/** A room of these people, the first of them its ADMIN. `prepare` meets the object while it is still empty. */
export async function makeRoom(
  userIds: readonly number[],
  roomType: RoomType = "GROUP",
  prepare?: (stub: RoomStub) => Promise<void>,
): Promise<TestRoom> {
  const [creatorId = 0] = userIds;
  const createdAt = Date.now();
  const row = await env.DB.prepare(
    "INSERT INTO chat_rooms (room_type, name, created_by_user_id, created_at, updated_at, direct_key) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
  )
    .bind(
      roomType,
      roomType === "GROUP" ? "A room" : null,
      creatorId,
      createdAt,
      createdAt,
      roomType === "DIRECT" ? userIds.toSorted((a, b) => a - b).join(":") : null,
    )
    .first<{ id: number }>();
  if (!row) throw new Error("no room");
  const participants = userIds.map((userId) => ({
    userId,
    name: `Person ${userId}`,
    imageUrl: null,
    role: userId === creatorId ? ("ADMIN" as const) : ("MEMBER" as const),
  }));
  await env.DB.batch(
    participants.map(({ userId, role }) =>
      env.DB.prepare("INSERT INTO chat_participants (room_id, user_id, role, joined_at) VALUES (?, ?, ?, ?)").bind(
        row.id,
        userId,
        role,
        createdAt,
      ),
    ),
  );
  const newRoom: NewRoom = {
    id: row.id,
    roomType,
    name: roomType === "GROUP" ? "A room" : null,
    description: null,
    createdByUserId: creatorId,
    createdAt,
    participants,
  };
  const stub = roomStub(row.id);
  await prepare?.(stub);
  await stub.create(newRoom);
  return { id: row.id, stub, userIds, newRoom };
}
