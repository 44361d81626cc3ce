import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { keptFile } from "./kept-file.ts";

export const PUSH_KEY_FILE = "push-key.env";

export interface PushKeys {
  /** 32 bytes, base64url. */
  readonly privateKey: string;
  /** What browsers subscribe for: a point of P-256, base64url. */
  readonly publicKey: string;
}

export function newPushKeys(): PushKeys {
  const {
    d = "",
    x = "",
    y = "",
  } = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
    format: "jwk",
  });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return { privateKey: d, publicKey: point.toString("base64url") };
}

/** The file with the key that pushes are signed with, made at the first start: browsers stay subscribed over restarts. */
export function pushKeyFile(stateFolder: string): string {
  return keptFile(join(stateFolder, PUSH_KEY_FILE), () => `VAPID_PRIVATE_KEY=${newPushKeys().privateKey}\n`);
}
