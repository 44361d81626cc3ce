/** A job under SIGKILL: two people with a long past in three rooms, an operator who drives the job, and what a kill leaves. */
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type JobAnswer, jobAnswer } from "../../../schema/api/jobs.ts";
import { until } from "../../../src/local/until.ts";
import { queryD1 } from "./databases.ts";
import { addPast, changeD1 } from "./old-messages.ts";
import { makeRoom, type Person, signIn } from "./people.ts";
import { freePort, newStateFolder, type ServerProcess, startServer } from "./server.ts";

export interface JobWorld {
  readonly stateFolder: string;
  readonly ara: Person;
  readonly bomi: Person;
  /** A DIRECT one and two GROUPs of the two. */
  readonly rooms: readonly number[];
  start(): Promise<ServerProcess>;
}

/** Ara may run jobs, and has said `pasts[n]` messages in the nth room, long ago. The server does not run any more. */
export async function makeJobWorld(pasts: readonly number[]): Promise<JobWorld> {
  const [stateFolder, port] = [newStateFolder(), await freePort()];
  const start = () => startServer({ stateFolder, port, environment: { RATE_LIMITS: "off" } });
  const server = await start();
  const [ara, bomi] = await Promise.all([signIn(server.baseUrl, "Ara"), signIn(server.baseUrl, "Bomi")]);
  const rooms = [await makeRoom([ara, bomi]), await makeRoom([ara, bomi], "Old"), await makeRoom([ara, bomi], "Older")];
  await server.stop();
  changeD1(stateFolder, "UPDATE users SET role = 'ADMIN' WHERE id = ?", ara.id);
  for (const [index, roomId] of rooms.entries()) {
    addPast(stateFolder, { roomId, senderId: ara.id, count: pasts[index] ?? 0 });
  }
  return { stateFolder, ara, bomi, rooms, start };
}

/** For the first slice after a start. */
const BEGIN_MS = 10_000;

export class OperatedJob {
  readonly name: string;
  private readonly token: string;

  constructor(name: string, { token }: Person) {
    this.name = name;
    this.token = token;
  }

  /** A slice of it. */
  async run({ baseUrl }: ServerProcess): Promise<JobAnswer> {
    const headers = { authorization: `Bearer ${this.token}` };
    const response = await fetch(`${baseUrl}/v1/admin/jobs/${this.name}`, { method: "POST", headers });
    return jobAnswer.parse(await response.json());
  }

  /** To its end. */
  async finish(server: ServerProcess): Promise<void> {
    while ((await this.run(server)).state !== "idle") await pause(10);
  }

  /**
   * The moment is the point: within a batch, between a batch and the saving of its progress, between two slices. Resolves
   * once nothing of it runs any more, and tells whether it was under way.
   */
  async kill(server: ServerProcess, longestRunMs: number): Promise<boolean> {
    const { stateFolder } = server;
    const row = () => queryD1(stateFolder, "SELECT lease_until, progress FROM jobs WHERE name = ?", this.name)[0];
    const run = this.drive(server).catch(() => {});
    await until(() => Number(row()?.lease_until) > Date.now(), { limitMs: BEGIN_MS, everyMs: 5 });
    await pause(randomInt(longestRunMs));
    await server.killAll();
    await run;
    const isUnderWay = Boolean(row()?.progress);
    // What was killed held its lease: two minutes are not waited for here.
    changeD1(stateFolder, "UPDATE jobs SET lease_until = 0");
    return isUnderWay;
  }

  private async drive(server: ServerProcess): Promise<void> {
    for (;;) await this.run(server);
  }
}
