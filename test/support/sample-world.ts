/**
 * The world of which the documents' examples tell, made for real. `fill` puts real ids and tokens where an example has
 * the sample's: any value that equals one of `SAMPLE` is replaced, wherever it stands; nothing else is touched.
 */
import { env } from "cloudflare:workers";
import { roomAnswer } from "../../schema/api/rooms.ts";
import { messages, participants, SAMPLE, room as sampleRoom } from "../../src/api-documents/sample.ts";
import { createRoom, enter, type SignedIn, say, signInMany } from "./http.ts";
import { timesIn } from "./planned.ts";
import { roomStub } from "./rooms.ts";

export interface SampleWorld {
  readonly minji: SignedIn;
  readonly daniel: SignedIn;
  readonly sofia: SignedIn;
  readonly roomId: number;
  readonly epoch: number;
  fill<Value>(example: Value): Value;
  /** From now on `fill` puts `real` where an example has the sample's. */
  learn(sample: unknown, real: unknown): void;
}

export async function makeSampleWorld(): Promise<SampleWorld> {
  const names = [participants.minji.name, participants.daniel.name, participants.sofia.name] as const;
  const [minji, daniel, sofia] = await signInMany(...names);
  const { name, description } = sampleRoom;
  const created = await createRoom(minji, { roomType: "GROUP", name, description, participantIds: [daniel.user.id] });
  const { id: roomId } = roomAnswer.parse(await created.json());
  const hers = await enter(roomId, minji);
  await say(hers, messages.minjis.content ?? "");
  // Who is there is not told of what is said.
  hers.close();
  await hers.waitForClose();
  const his = await enter(roomId, daniel);
  await say(his, messages.daniels.content ?? "");
  his.close();
  await his.waitForClose();
  await roomStub(roomId).flush();
  const epoch: number = hers.welcome.epoch;
  const tomorrow = timesIn(24);
  const later = timesIn(48);
  const real = new Map<unknown, unknown>([
    [SAMPLE.sessionStart, tomorrow.scheduledStartTime],
    [SAMPLE.sessionEnd, tomorrow.scheduledEndTime],
    [SAMPLE.laterStart, later.scheduledStartTime],
    [SAMPLE.laterEnd, later.scheduledEndTime],
    [SAMPLE.minji, minji.user.id],
    [SAMPLE.daniel, daniel.user.id],
    [SAMPLE.sofia, sofia.user.id],
    [SAMPLE.room, roomId],
    [SAMPLE.epoch, epoch],
    [SAMPLE.accessToken, minji.token],
    [SAMPLE.refreshToken, minji.refreshToken],
  ]);
  return {
    ...{ minji, daniel, sofia, roomId, epoch },
    fill: (example) => filled(example, real) as typeof example, // same shape
    learn: (sample, value) => real.set(sample, value),
  };
}

function filled(value: unknown, real: ReadonlyMap<unknown, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, real));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, real)]));
  }
  return real.get(value) ?? value;
}

/** Gives Minji the operator's role. */
export async function makeOperator({ minji }: SampleWorld): Promise<void> {
  await env.DB.prepare("UPDATE users SET role = 'ADMIN' WHERE id = ?").bind(minji.user.id).run();
}
