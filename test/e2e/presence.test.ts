/** Who is there, and how rooms stand, after the machine stopped: `npm run bench:presence` does it with thousands. */
import { afterAll, expect, it } from "vitest";
import { meServerFrame } from "../../schema/protocol/me/server-frames.ts";
import { makeRoom, type Person, signIn } from "./support/people.ts";
import { openSocket, RawSocket, socketUrl } from "./support/raw-socket.ts";
import { cleanUp, freePort, newStateFolder, startServer } from "./support/server.ts";

afterAll(cleanUp);

/** A person's own socket, and what it shows by now. */
class OwnView {
  readonly there = new Map<number, string>();
  readonly unread = new Map<number, number>();
  private readonly socket: RawSocket;

  constructor(baseUrl: string, { id, token }: Person) {
    const url = `${baseUrl.replace("http", "ws")}/v1/me/socket`;
    const onFrame = (frame: unknown) => {
      const known = meServerFrame.parse(frame);
      if (known.type === "welcome") {
        for (const { roomId, unread } of known.inbox) this.unread.set(roomId, unread);
        for (const { userId, status } of known.partners) this.there.set(userId, status);
      }
      if (known.type === "presence" && known.userId !== id) this.there.set(known.userId, known.status);
      if (known.type === "inbox.updated") this.unread.set(known.entry.roomId, known.entry.unread);
    };
    this.socket = new RawSocket(url, { token, encoding: "msgpack", keep: false, onFrame });
  }

  ready(): Promise<unknown> {
    return this.socket.waitFor("welcome");
  }

  close(): void {
    this.socket.close();
  }
}

it("everybody sees everybody again who comes back, and nothing that was acknowledged is missing in an inbox", async () => {
  const [stateFolder, port] = [newStateFolder(), await freePort()];
  let server = await startServer({ stateFolder, port });
  const people = await Promise.all(["Ara", "Bomi", "Chris", "Dana"].map((name) => signIn(server.baseUrl, name)));
  const rooms: { id: number; one: Person; other: Person }[] = [];
  for (const [index, one] of people.entries()) {
    for (const other of people.slice(index + 1)) {
      const id = await makeRoom([one, other]);
      for (const writer of [one, other]) await say(server.baseUrl, id, writer);
      rooms.push({ id, one, other });
    }
  }
  const everybodyElse = ({ id }: Person) => people.filter((other) => other.id !== id).map((other) => other.id);
  const online = (view: OwnView) => [...view.there].filter(([, status]) => status === "online").map(([id]) => id);
  const enter = () => people.map((person) => ({ person, view: new OwnView(server.baseUrl, person) }));
  let views = enter();
  for (const { person, view } of views) {
    await expect.poll(() => online(view).sort(), { timeout: 10_000 }).toEqual(everybodyElse(person).sort());
  }
  // Acknowledged, and killed before anybody can have been told of all of it.
  await Promise.all(rooms.map(({ id, one }) => say(server.baseUrl, id, one)));
  await server.killAll();
  server = await startServer({ stateFolder, port });

  const began = Date.now();
  views = enter();
  await Promise.all(views.map(({ view }) => view.ready()));
  for (const { person, view } of views) {
    await expect.poll(() => online(view).sort(), { timeout: 30_000 }).toEqual(everybodyElse(person).sort());
  }
  const sawAllMs = Date.now() - began;
  for (const { id, one, other } of rooms) {
    const unreadOf = (person: Person) => views.find((one) => one.person === person)?.view.unread.get(id);
    await expect.poll(() => [unreadOf(one), unreadOf(other)], { timeout: 30_000 }).toEqual([1, 2]);
  }
  console.log(`After SIGKILL everybody saw everybody within ${sawAllMs} ms, and every inbox was right.`);
  for (const { view } of views) view.close();
  for (const { client } of people) client.close();
});

async function say(baseUrl: string, roomId: number, { token }: Person): Promise<void> {
  const { socket } = await openSocket(socketUrl(baseUrl, roomId), { token });
  expect(await socket.request({ type: "message.send", clientId: crypto.randomUUID(), content: "안녕" })).toMatchObject({
    type: "ack",
  });
  socket.close();
}
