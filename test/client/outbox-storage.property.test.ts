/** Whatever happens to tabs, connections and answers: each message arrives once, in the order its tab wrote it. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type OpenTab, openBrowser, pass, until } from "./support/devices.ts";

type Happening =
  /** `reopen and send`: the room is closed, opened again, and written to at once. */
  | { readonly do: "send" | "reopen and send"; readonly tab: number; readonly roomId: number }
  | { readonly do: "cancel" | "retry"; readonly tab: number; readonly message: number }
  | { readonly do: "kill" | "close" | "reload"; readonly tab: number }
  | { readonly do: "open tab" | "cut" | "away" | "back" }
  | { readonly do: "answer"; readonly how: "well" | "conflict" | "silence" | "lost ack" }
  | { readonly do: "wait"; readonly ms: number };

const tab = fc.nat(2);
const roomId = fc.constantFrom(7, 8);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("send" as const), tab, roomId }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reopen and send" as const), tab, roomId }) },
  fc.record({ do: fc.constantFrom("cancel" as const, "retry" as const), tab, message: fc.nat(9) }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("kill" as const, "close" as const, "reload" as const), tab }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("open tab" as const, "cut" as const, "away" as const, "back" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      how: fc.constantFrom("well" as const, "conflict" as const, "silence" as const, "lost ack" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(10, 700, 4_000) }) },
);

interface Written {
  readonly clientId: string;
  readonly roomId: number;
  /** The tab that wrote it. */
  readonly tab: string;
  fate: "to arrive" | "cancelled";
  /** It failed once: retried messages go to the end. */
  hasFailed: boolean;
}

const ROOMS = [7, 8];

async function story(happenings: readonly Happening[], hasLocks: boolean): Promise<void> {
  const { server, openTab, end } = openBrowser();
  let how: "well" | "conflict" | "silence" | "lost ack" = "well";
  const written: Written[] = [];
  const failures = new Set<string>();
  server.refuses = ({ clientId }) => {
    if (how === "conflict") failures.add(clientId);
    return how === "well" ? undefined : how;
  };
  let tabs: OpenTab[] = [openTab({ hasLocks })];
  const at = (index: number) => tabs[index % Math.max(1, tabs.length)];
  const outbox = (open: OpenTab) =>
    ROOMS.flatMap((id) =>
      open.client
        .peek(id)
        .getSnapshot()
        .outbox.map((message) => ({ roomId: id, ...message })),
    );

  for (const event of happenings) {
    const open = "tab" in event ? at(event.tab) : undefined;
    switch (event.do) {
      case "send":
      case "reopen and send": {
        if (open === undefined) break;
        if (event.do === "reopen and send") open.client.room(event.roomId).close();
        const clientId = `m${written.length + 1}`;
        open.client.room(event.roomId).send(clientId, { clientId });
        written.push({ clientId, roomId: event.roomId, tab: open.name, fate: "to arrive", hasFailed: false });
        break;
      }
      case "cancel":
      case "retry": {
        const among = open === undefined ? [] : outbox(open);
        const chosen = among[event.message % Math.max(1, among.length)];
        if (open === undefined || chosen === undefined) break;
        const room = open.client.room(chosen.roomId);
        const message = written.find(({ clientId }) => clientId === chosen.clientId);
        if (event.do === "retry") room.retry(chosen.clientId).catch(() => {});
        else if (room.cancel(chosen.clientId) && message !== undefined) message.fate = "cancelled";
        break;
      }
      case "kill":
      case "close":
      case "reload":
        if (open === undefined) break;
        await pass(10);
        if (event.do === "close") open.client.close();
        else open.kill();
        tabs = tabs.filter((other) => other !== open);
        if (event.do === "reload") tabs.push(openTab({ hasLocks }));
        break;
      case "open tab":
        if (tabs.length < 3) tabs.push(openTab({ hasLocks }));
        break;
      case "cut":
        server.cut();
        break;
      case "away":
      case "back":
        server.isAway = event.do === "away";
        if (server.isAway) server.cut();
        break;
      case "answer":
        how = event.how;
        break;
      case "wait":
        await pass(event.ms);
    }
    await pass(2);
  }

  // In the end all is well: one page is opened, and what has failed is tried again.
  how = "well";
  server.isAway = false;
  server.cut();
  await pass(10);
  if (!hasLocks) for (const open of tabs.splice(0)) open.kill();
  tabs.push(openTab({ hasLocks }));
  const isAllThere = () =>
    written.every(({ clientId, roomId: id, fate }) => {
      return fate === "cancelled" || server.room(id).messages.some((row) => row.clientId === clientId);
    });
  for (let round = 0; round < 40 && !isAllThere(); round += 1) {
    for (const open of tabs) {
      for (const id of ROOMS) open.client.room(id);
      for (const { roomId: id, clientId, state } of outbox(open)) {
        if (state === "failed")
          open.client
            .room(id)
            .retry(clientId)
            .catch(() => {});
      }
    }
    await pass(2_000);
  }

  for (const message of written) message.hasFailed = failures.has(message.clientId);
  for (const id of ROOMS) {
    const arrived = server.room(id).messages.map(({ clientId }) => clientId);
    const expected = written.filter((row) => row.roomId === id && row.fate === "to arrive").map((row) => row.clientId);
    expect(arrived.toSorted()).toEqual(expected.toSorted());
    for (const name of new Set(written.map((row) => row.tab))) {
      const ofTab = written
        .filter((row) => row.roomId === id && row.tab === name && !row.hasFailed)
        .map((row) => row.clientId);
      expect(arrived.filter((clientId) => clientId !== null && ofTab.includes(clientId))).toEqual(
        ofTab.filter((clientId) => expected.includes(clientId)),
      );
    }
  }
  await until(() => tabs.every((open) => outbox(open).length === 0));
  end();
}

const RUNS = Number(process.env.OUTBOX_RUNS ?? 60);
const stories = fc.array(happening, { minLength: 3, maxLength: 25 });

it("every message arrives exactly once, in the order of its tab", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(stories, (happenings) => story(happenings, true)),
    { numRuns: RUNS },
  );
});

it("also where tabs cannot see each other", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(stories, (happenings) => story(happenings, false)),
    { numRuns: RUNS / 2 },
  );
});
