import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decodeIdentity, encodeIdentity, readSubprotocols } from "../../schema/socket-admission.ts";
import { isAllowedOrigin } from "../../src/http/origins.ts";
import { decodeCursor, encodeCursor } from "../../src/http/paging.ts";

describe("the identity header", () => {
  test("comes back as it went, in any script", () => {
    const identity = { userId: 7, deviceId: "태블릿 📱", expiresAt: 1_795_394_042_026 };
    expect(encodeIdentity(identity)).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(decodeIdentity(encodeIdentity(identity))).toEqual(identity);
  });

  test.each([
    ["nothing", null],
    ["an empty header", ""],
    ["no base64", "%%%"],
    ["no JSON", btoa("{")],
    ["no user", btoa(JSON.stringify({ deviceId: "a", expiresAt: 1 }))],
    ["a user id of another type", btoa(JSON.stringify({ userId: "7", deviceId: "a", expiresAt: 1 }))],
  ])("is refused: %s", (_, header) => {
    expect(decodeIdentity(header)).toBeNull();
  });
});

describe("subprotocols", () => {
  test.each([
    [null, null, "json", null],
    ["studymate.v1.msgpack", "studymate.v1.msgpack", "msgpack", null],
    ["bearer.a.b.c, studymate.v1.msgpack", "studymate.v1.msgpack", "msgpack", "a.b.c"],
    ["studymate.v1.json,studymate.v1.msgpack", "studymate.v1.json", "json", null],
    ["studymate.v9.cbor, studymate.v1.msgpack", "studymate.v1.msgpack", "msgpack", null],
    ["bearer.a.b.c", "bearer.a.b.c", "json", "a.b.c"],
    ["toString", null, "json", null],
  ])("%j: echo %j, %s, token %j", (offered, echo, encoding, token) => {
    expect(readSubprotocols(offered)).toEqual({ echo, encoding, token });
  });
});

describe("origins", () => {
  test.each([
    ["http://localhost:8787", true],
    ["https://app.example", true],
    ["https://two.example", true],
    ["https://chat.example", true],
    ["http://localhost:8788", false],
    ["https://localhost:8787", false],
    ["https://app.example.evil", false],
    ["null", false],
    ["", false],
  ])("%j: %s", (origin, expected) => {
    const settings = {
      ALLOWED_ORIGINS: "https://app.example, https://two.example",
      PUBLIC_ORIGIN: "https://chat.example",
    };
    expect(isAllowedOrigin(origin, "http://localhost:8787/v1/rooms/1/socket", settings)).toBe(expected);
  });

  test("an empty allow list allows no empty origin", () => {
    expect(isAllowedOrigin("", "http://localhost:8787/", { ALLOWED_ORIGINS: "", PUBLIC_ORIGIN: "" })).toBe(false);
  });
});

describe("cursors", () => {
  const position = z.tuple([z.int(), z.string()]);

  test("come back as they went", () => {
    expect(decodeCursor(encodeCursor([5, "방?/+"]), position)).toEqual([5, "방?/+"]);
    expect(encodeCursor([5, "방?/+"])).toMatch(/^[\w-]+$/);
  });

  test.each(["", "!", "null", btoa("[1]"), btoa('["a","b"]'), btoa("{")])("%j is none of ours", (cursor) => {
    expect(decodeCursor(cursor, position)).toBeNull();
  });
});
