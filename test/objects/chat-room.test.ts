import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { makePeople, makeRoom } from "../support/rooms.ts";
import { connect } from "../support/sockets.ts";

it("two people talk, in both encodings, and the flush brings it to D1 once", async () => {
  const [mina = 0, tom = 0] = await makePeople(2);
  const room = await makeRoom([mina, tom], "DIRECT");
  const a = await connect(room.stub, { userId: mina });
  const b = await connect(room.stub, { userId: tom, encoding: "msgpack" });

  const ack = await a.request({ type: "message.send", clientId: "c1", content: "안녕하세요!" });
  expect(ack).toMatchObject({ type: "ack", id: 1, duplicate: false });
  const created = await b.waitFor("message.created");
  expect(created.message).toMatchObject({ id: 1, senderId: mina, content: "안녕하세요!", rev: 0 });

  expect(await runDurableObjectAlarm(room.stub)).toBe(true);
  const { results } = await env.DB.prepare("SELECT * FROM chat_messages WHERE room_id = ?").bind(room.id).all();
  expect(results).toHaveLength(1);
  expect(results[0]).toMatchObject({ id: 1, content: "안녕하세요!" });
  expect(await room.stub.flush()).toEqual([
    { destination: "main", complete: true, rowsSent: 0, parked: 0 },
    { destination: "search", complete: true, rowsSent: 0, parked: 0 },
  ]);
});
