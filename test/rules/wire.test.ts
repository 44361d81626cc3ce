/** The wire changes by decision only: its fingerprints are those of the last entry of the history. */
import { describe, expect, test } from "vitest";
import { WIRE_HISTORY } from "../../schema/protocol/history.ts";
import { PROTOCOL_VERSION, SUBPROTOCOLS } from "../../schema/protocol/version.ts";
import { fingerprint, frameWire, httpWire } from "../../src/api-documents/wire.ts";

const now = WIRE_HISTORY.at(-1) ?? WIRE_HISTORY[0];

function whatToDo(what: "frames" | "http", is: string): string {
  return `
What goes over ${what === "frames" ? "sockets" : "HTTP"} has changed: its fingerprint is ${is}.
Was that meant? If not, take the change back. If so, ask what it means for clients that are out there:
- They go on working (a field, a frame, a route, a code more; a limit that grew): append an entry to WIRE_HISTORY in
  schema/protocol/history.ts with today's date, ${what}: "${is}" and oldClientsGoOn: true.
- They do not (something was renamed, removed, narrowed or made required): frames need a new subprotocol
  studymate.v${PROTOCOL_VERSION + 1}.* beside the old one and PROTOCOL_VERSION ${PROTOCOL_VERSION + 1} in schema/protocol/version.ts; bodies need routes under
  /v${PROTOCOL_VERSION + 1}. Then append the entry, with oldClientsGoOn: false.
`;
}

describe("the wire", () => {
  test("has the frames that the history ends with", async () => {
    const frames = await fingerprint(frameWire());
    expect(frames, whatToDo("frames", frames)).toBe(now.frames);
  });

  test("has the bodies that the history ends with", async () => {
    const http = await fingerprint(httpWire());
    expect(http, whatToDo("http", http)).toBe(now.http);
  });
});

describe("the history", () => {
  test("ends with the version that `welcome` and the subprotocols announce", () => {
    expect(now.protocol).toBe(PROTOCOL_VERSION);
    for (const name of Object.keys(SUBPROTOCOLS)) expect(name).toMatch(/^studymate\.v\d+\./);
    expect(Object.keys(SUBPROTOCOLS).some((name) => name.startsWith(`studymate.v${PROTOCOL_VERSION}.`))).toBe(true);
  });

  test("goes forward, each entry a change, with a new version wherever old clients end", () => {
    for (const [index, entry] of WIRE_HISTORY.entries()) {
      expect(entry.change.length).toBeGreaterThan(10);
      expect(entry.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      const before = WIRE_HISTORY[index - 1];
      if (!before) continue;
      expect(entry.date >= before.date).toBe(true);
      expect(`${entry.frames} ${entry.http}`).not.toBe(`${before.frames} ${before.http}`);
      expect(entry.protocol > before.protocol).toBe(!entry.oldClientsGoOn);
    }
  });
});

describe("a fingerprint", () => {
  const schema = {
    type: "object",
    description: "A thing.",
    properties: { id: { type: "integer" }, description: { type: "string", description: "Words." } },
    required: ["id", "description"],
  };

  test("does not change with words or order", async () => {
    const reworded = {
      required: ["description", "id"],
      properties: { description: { type: "string" }, id: { description: "Another", type: "integer" } },
      type: "object",
    };
    expect(await fingerprint(reworded)).toBe(await fingerprint(schema));
  });

  test.each([
    ["a field more", { ...schema, properties: { ...schema.properties, title: { type: "string" } } }],
    ["a field called description less", { ...schema, properties: { id: { type: "integer" } } }],
    ["another type", { ...schema, properties: { ...schema.properties, id: { type: "string" } } }],
    ["a field that may be left out", { ...schema, required: ["id"] }],
    ["a limit", { ...schema, properties: { ...schema.properties, id: { type: "integer", maximum: 5 } } }],
  ])("changes with %s", async (_, changed) => {
    expect(await fingerprint(changed)).not.toBe(await fingerprint(schema));
  });

  test("is of everything: frames, acks, codes, limits, bodies and queries are in what it is made of", () => {
    const wire = JSON.stringify([frameWire(), httpWire()]);
    for (const part of [
      "replyToId",
      "duplicate",
      "rate_limited",
      "4413",
      "frameBytes",
      "participantIds",
      "nextCursor",
    ]) {
      expect(wire).toContain(part);
    }
    expect(wire).not.toContain("$ref");
  });
});
