/** Rooms that a test needs, made over the SDK by the demo's people. */
import { createClient, devLogin, type StudyMateClient } from "../../src/client/index.ts";
import { DEMO_PEOPLE, type DemoKey } from "../../src/local/people.ts";
import { until } from "../../src/local/until.ts";
import { sharedServer } from "./support.ts";

export interface MadeRoom {
  readonly roomId: number;
  /** One client for each of the people, to be closed by the caller. */
  readonly clients: readonly StudyMateClient[];
}

interface RoomPlan {
  /** The first of them makes the room. */
  readonly people: readonly [DemoKey, ...DemoKey[]];
  /** How many messages are in it, by all in turn: "message 1", "message 2" and so on. */
  readonly messages: number;
  readonly name?: string;
  /** `GROUP` if absent. */
  readonly roomType?: "DIRECT" | "GROUP";
  readonly baseUrl?: string;
}

export async function makeRoom({
  people,
  messages,
  name,
  roomType = "GROUP",
  baseUrl = sharedServer(),
}: RoomPlan): Promise<MadeRoom> {
  const signedIn = await Promise.all(people.map((key) => signIn(baseUrl, key)));
  const clients = signedIn.map(({ client }) => client);
  const [maker] = clients;
  if (maker === undefined) throw new Error("A room has people.");
  const { id: roomId } = await maker.createRoom({
    roomType,
    ...(roomType === "GROUP" && { name: name ?? `Test ${Date.now()}` }),
    participantIds: signedIn.slice(1).map(({ userId }) => userId),
  });
  for (let number = 1; number <= messages; number += 1) {
    // One after the other: a message's number is then its id.
    await clients[number % clients.length]?.room(roomId).send(lineOf(number));
  }
  return { roomId, clients };
}

/** Somebody reads up to a message on another device, and closes the room there. */
export async function readOn(client: StudyMateClient | undefined, roomId: number, id: number): Promise<void> {
  const room = client?.room(roomId);
  await room?.whenLive();
  const isRead = () => {
    room?.markRead(id);
    const { participants, you } = room?.getSnapshot() ?? {};
    return participants?.some((one) => one.userId === you?.userId && one.lastReadMessageId >= id) ?? false;
  };
  if (!(await until(isRead, { limitMs: 10_000 }))) throw new Error(`Message ${id} of room ${roomId} stays unread.`);
  room?.close();
}

/** Of different heights. */
export function lineOf(number: number): string {
  return number % 7 === 0 ? `message ${number}${"\n그리고 한 줄 더".repeat(number % 4)}` : `message ${number}`;
}

async function signIn(baseUrl: string, key: DemoKey) {
  const person = DEMO_PEOPLE.find((one) => one.key === key);
  if (person === undefined) throw new Error(`There is no ${key} in the demo.`);
  const { email, englishName, birthDate } = person;
  const { accessToken, user } = await devLogin({ baseUrl }, { email, englishName, birthDate });
  return { userId: user.id, client: createClient({ baseUrl, token: () => accessToken }) };
}
