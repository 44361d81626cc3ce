import { env } from "cloudflare:workers";
import { exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { ACCESS_TOKEN, signingKey, verifyAccessToken } from "../../objects/kernel/access-tokens.ts";
import { badTokens, forgeToken, unsignedToken } from "../support/tokens.ts";

const EXPIRES_AT = Math.floor(Date.now() / 1_000) + 600;
const CLAIMS: JWTPayload = {
  iss: ACCESS_TOKEN.issuer,
  aud: ACCESS_TOKEN.audience,
  sub: "42",
  sid: "a-device",
  exp: EXPIRES_AT,
};

function sign(claims: JWTPayload, header: object = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", typ: ACCESS_TOKEN.typ, ...header })
    .sign(signingKey(env.AUTH_SECRET));
}

const verify = (token: string): Promise<unknown> => verifyAccessToken(token, env.AUTH_SECRET);

function without(name: keyof JWTPayload): JWTPayload {
  const { [name]: _, ...rest } = CLAIMS;
  return rest;
}

describe("an access token", () => {
  it("says who, on which device, until when", async () => {
    expect(await verify(await sign(CLAIMS))).toEqual({
      userId: 42,
      deviceId: "a-device",
      expiresAt: EXPIRES_AT * 1_000,
    });
  });

  it("may be for several audiences, ours among them, and carry more than we read", async () => {
    const token = await sign({ ...CLAIMS, aud: ["others", ACCESS_TOKEN.audience], role: "ADMIN" });
    expect(await verify(token)).toEqual({ userId: 42, deviceId: "a-device", expiresAt: EXPIRES_AT * 1_000 });
  });

  it("is refused for each of the usual faults", async () => {
    for (const [why, token] of await badTokens(42)) expect(await verify(token), why).toBeNull();
  });

  it.each([
    ["nothing", ""],
    ["one part", "e30"],
    ["three empty parts", ".."],
    ["five parts", "a.b.c.d.e"],
    ["what is not Base64", "가.나.다"],
    ["much of it", `${"x".repeat(100_000)}.${"y".repeat(100_000)}.z`],
  ])("is not %s", async (_, token) => {
    expect(await verify(token)).toBeNull();
  });

  it.each([
    ["no subject", without("sub")],
    ["no device", without("sid")],
    ["no expiry", without("exp")],
    ["no issuer", without("iss")],
    ["no audience", without("aud")],
    ["a subject of zero", { ...CLAIMS, sub: "0" }],
    ["a negative subject", { ...CLAIMS, sub: "-1" }],
    ["a subject with spaces", { ...CLAIMS, sub: " 42" }],
    ["a subject that is an expression", { ...CLAIMS, sub: "4e1" }],
    ["a subject beyond all ids", { ...CLAIMS, sub: "9".repeat(17) }],
    ["a subject that a number rounds", { ...CLAIMS, sub: "9999999999999999" }],
    ["an empty device", { ...CLAIMS, sid: "" }],
    ["a device of 65 characters", { ...CLAIMS, sid: "d".repeat(65) }],
    ["a device that is a number", { ...CLAIMS, sid: 7 }],
    ["a time before which it is not valid", { ...CLAIMS, nbf: EXPIRES_AT }],
  ])("with %s is refused", async (_, claims) => {
    expect(await verify(await sign(claims as JWTPayload))).toBeNull();
  });

  it("of another type, or of none, is refused: a refresh token never passes", async () => {
    for (const typ of ["JWT", "rt+jwt", undefined]) expect(await verify(await sign(CLAIMS, { typ }))).toBeNull();
  });
});

describe("another algorithm is refused", () => {
  it("none, also with a signature of ours behind it", async () => {
    const unsigned = unsignedToken(42);
    const signature = (await forgeToken({ userId: 42 })).split(".")[2];
    expect(await verify(unsigned)).toBeNull();
    expect(await verify(`${unsigned}${signature}`)).toBeNull();
  });

  it.each(["HS384", "HS512"])("%s, though the key is ours", async (alg) => {
    const key = signingKey(env.AUTH_SECRET.padEnd(64, "."));
    const token = await new SignJWT(CLAIMS).setProtectedHeader({ alg, typ: ACCESS_TOKEN.typ }).sign(key);
    expect(await verifyAccessToken(token, env.AUTH_SECRET.padEnd(64, "."))).toBeNull();
  });

  it.each(["RS256", "ES256"])("%s, and its public key is no secret of ours", async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const asymmetric = await new SignJWT(CLAIMS).setProtectedHeader({ alg, typ: ACCESS_TOKEN.typ }).sign(privateKey);
    expect(await verify(asymmetric)).toBeNull();
    // Confusion: somebody signs with HS256 and the public key as the secret.
    const confused = await new SignJWT(CLAIMS)
      .setProtectedHeader({ alg: "HS256", typ: ACCESS_TOKEN.typ })
      .sign(signingKey(await exportSPKI(publicKey)));
    expect(await verify(confused)).toBeNull();
  });

  it("a token whose body was exchanged, or whose header names another key, is refused", async () => {
    const [header, , signature] = (await sign(CLAIMS)).split(".");
    const [, body] = (await sign({ ...CLAIMS, sub: "43" })).split(".");
    expect(await verify(`${header}.${body}.${signature}`)).toBeNull();
    const theirs = { kty: "oct", k: btoa("a key of their own, 32 bytes long!").replaceAll("=", "") };
    const brought = new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256", typ: ACCESS_TOKEN.typ, jwk: theirs });
    expect(await verify(await brought.sign(signingKey("a key of their own, 32 bytes long!")))).toBeNull();
  });
});
