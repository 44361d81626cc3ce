/** What a session costs: rows written here and in D1, and requests, for an hour of two people who talk. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { clock } from "../support/clock.ts";
import { countRows } from "../support/cost.ts";
import { replaceDatabase } from "../support/faults.ts";
import { ALL_MEDIA, agreedSession, type CallSocket, joinCall, MINUTE } from "../support/sessions.ts";

const MINUTES = 60;
const UTTERANCES_A_MINUTE = 10;
const SIGNALS = 60;

/** D1 that adds up what it is billed for. */
function countingDatabase(onWritten: (rows: number) => void): D1Database {
  return new Proxy(env.DB, {
    get(database, property) {
      if (property === "withSession") {
        return (constraint: string) => {
          const session = database.withSession(constraint);
          return {
            prepare: (query: string) => session.prepare(query),
            getBookmark: () => session.getBookmark(),
            batch: async (statements: D1PreparedStatement[]) => {
              const results = await session.batch(statements);
              onWritten(results.reduce((sum, { meta }) => sum + meta.rows_written, 0));
              return results;
            },
          };
        };
      }
      const value: unknown = Reflect.get(database, property);
      return typeof value === "function" ? value.bind(database) : value;
    },
  });
}

it("writes at most 700 rows for an hour of two people with ten utterances a minute, of which D1 has at most 80", {
  timeout: 60_000,
}, async () => {
  const session = await agreedSession(2);
  const [host = 0, guest = 0] = session.userIds;
  clock.advance(5 * MINUTE);
  let [rowsInD1, flushes, frames] = [0, 0, 0];
  await replaceDatabase(
    session.stub,
    countingDatabase((rows) => {
      rowsInD1 += rows;
      flushes += 1;
    }),
  );
  const rowsOf = await countRows(session.stub);
  const hers = await joinCall(session, host);
  const his = await joinCall(session, guest);
  const ask = async (socket: CallSocket, frame: object) => {
    frames += 1;
    await socket.request(frame);
  };
  const tell = (socket: CallSocket, frame: object) => {
    frames += 1;
    socket.send(frame);
  };
  for (let n = 0; n < SIGNALS; n += 1) {
    tell(hers, { type: "signal", to: guest, toGeneration: 1, candidate: { candidate: `candidate:${n}`, sdpMid: "0" } });
  }
  await his.until(() => his.of("signal").length === SIGNALS, "her candidates");
  const atFirst = await rowsOf();
  for (let minute = 0; minute < MINUTES; minute += 1) {
    for (let utterance = 0; utterance < UTTERANCES_A_MINUTE; utterance += 1) {
      const speaker = utterance % 2 === 0 ? hers : his;
      tell(speaker, { type: "speaking", active: true });
      await ask(speaker, { type: "reaction", emoji: "👍" });
      clock.advance(4_000);
      tell(speaker, { type: "speaking", active: false });
      await ask(speaker, { type: "reaction", emoji: "👍" });
      clock.advance(2_000);
    }
    await runDurableObjectAlarm(session.stub);
  }
  const talking = (await rowsOf()) - atFirst;
  await ask(hers, { type: "media", ...ALL_MEDIA, video: false });
  await ask(hers, { type: "end" });
  await session.stub.flush();
  const rows = await rowsOf();
  // Twenty frames are billed as one request; what is there to wait for each utterance would not be sent.
  const sent = frames - MINUTES * UTTERANCES_A_MINUTE * 2;
  const requests = Math.ceil(sent / 20);
  console.log(
    `a session of ${MINUTES} minutes, two people, ${UTTERANCES_A_MINUTE} utterances a minute, ${SIGNALS} signals: ` +
      JSON.stringify({ rows, ofTalking: talking, rowsInD1, flushes, frames: sent, requests }),
  );
  expect(rows).toBeLessThanOrEqual(700);
  expect(talking).toBeLessThanOrEqual(60 * 9);
  expect(rowsInD1).toBeLessThanOrEqual(80);
});
