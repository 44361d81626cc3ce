/** Both documents by the judgement of others' validators, without a network. */
import { Parser } from "@asyncapi/parser";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openApiDocument } from "../src/api-documents/http/openapi.ts";
import { asyncApiDocument } from "../src/api-documents/sockets/asyncapi.ts";
import { breaches } from "./support/documents.ts";

const openApi = JSON.parse(JSON.stringify(openApiDocument()));
const asyncApi = JSON.parse(JSON.stringify(asyncApiDocument()));

beforeEach(() => {
  vi.stubGlobal("fetch", () => expect.fail("a validator asked the network"));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("OpenAPI", () => {
  test("is valid 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(openApi))).toMatchObject({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  test("is found invalid once something is wrong with it", async () => {
    const broken = structuredClone(openApi);
    delete broken.paths["/v1/rooms"].post.responses;
    broken.paths["/v1/rooms"].post.parameters[0].in = "nowhere";
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
  });

  test("has no example that breaks its schema", () => {
    let checked = 0;
    visit(openApi.paths, (node) => {
      const examples = Object.values(asRecord(node.examples)).map((one) => asRecord(one).value);
      for (const value of "example" in node ? [node.example] : examples) {
        if (typeof node.schema !== "object" || node.schema === null) continue;
        checked += 1;
        expect(breaches(openApi, asRecord(node.schema), value)).toEqual([]);
      }
    });
    expect(checked).toBeGreaterThan(80);
  });

  test("refers to nothing that is not there, and holds nothing to which nobody refers", () => {
    const { referred, held } = references(openApi);
    expect([...referred].filter((name) => !held.has(name))).toEqual([]);
    expect([...held].filter((name) => !referred.has(name))).toEqual([]);
  });
});

describe("AsyncAPI", () => {
  test("is valid 3.0", async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(asyncApi));
    expect(diagnostics.filter(({ severity }) => severity <= 1)).toEqual([]);
    expect(document?.version()).toBe("3.0.0");
    expect(document?.operations().filterByReceive().length).toBeGreaterThan(10);
  });

  test("is found invalid once something is wrong with it", async () => {
    const broken = structuredClone(asyncApi);
    broken.operations.receiveMessageSend.action = "shout";
    const { diagnostics } = await new Parser().parse(JSON.stringify(broken));
    expect(diagnostics.filter(({ severity }) => severity === 0).length).toBeGreaterThan(0);
  });

  test("has no example that breaks its schema", () => {
    const messages: [string, { payload: object; examples: { payload: unknown }[] }][] = Object.entries(
      asyncApi.components.messages,
    );
    expect(messages.length).toBeGreaterThan(35);
    for (const [name, { payload, examples }] of messages) {
      expect(examples, name).toHaveLength(1);
      expect(breaches(asyncApi, asRecord(payload), examples[0]?.payload), name).toEqual([]);
    }
  });

  test("refers to nothing that is not there, and holds nothing to which nobody refers", () => {
    const { referred, held } = references(asyncApi);
    expect([...referred].filter((name) => !held.has(name))).toEqual([]);
    expect([...held].filter((name) => !referred.has(name))).toEqual([]);
  });
});

describe("both", () => {
  test("have a description or a summary of everything that has a name", () => {
    for (const [name, schema] of Object.entries<{ properties?: object }>(asyncApi.components.schemas)) {
      if (/^(?:Me)?(?:Client|Server|Ack)/.test(name)) expect(schema, name).toHaveProperty("description");
    }
    for (const operations of Object.values<Record<string, { summary: string; description: string }>>(openApi.paths)) {
      for (const operation of Object.values(operations)) {
        expect(operation.summary.length).toBeGreaterThan(5);
        expect(operation.description.length).toBeGreaterThan(5);
      }
    }
  });
});

function visit(node: unknown, see: (node: Record<string, unknown>) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (!Array.isArray(node)) see(asRecord(node));
  for (const inner of Object.values(node)) visit(inner, see);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Names of schemas: those that are referred to, and those that the document holds. */
function references(document: { components: { schemas: object } }): { referred: Set<string>; held: Set<string> } {
  const referred = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name = ""]) => name,
  );
  return { referred: new Set(referred), held: new Set(Object.keys(document.components.schemas)) };
}
