/** Uploads of the tests. */
import { type MediaAnswer, mediaAnswer } from "../../schema/api/media.ts";
import { call, type SignedIn } from "./http.ts";

export interface Sent {
  readonly purpose?: string;
  readonly roomId?: number | string;
  readonly fileName?: string;
  readonly durationMs?: number | string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function upload(caller: SignedIn, body: Uint8Array | string, sent: Sent): Promise<Response> {
  const { purpose = "message", roomId, fileName, durationMs, contentType = "application/octet-stream", headers } = sent;
  const query = new URLSearchParams({
    purpose,
    ...(roomId !== undefined && { roomId: String(roomId) }),
    ...(fileName !== undefined && { fileName }),
    ...(durationMs !== undefined && { durationMs: String(durationMs) }),
  });
  return call("POST", `/v1/media?${query}`, {
    token: caller.token,
    body,
    headers: { "content-type": contentType, ...headers },
  });
}

export async function uploaded(caller: SignedIn, body: Uint8Array | string, sent: Sent): Promise<MediaAnswer> {
  const response = await upload(caller, body, sent);
  if (response.status !== 201) throw new Error(`not taken: ${response.status} ${await response.text()}`);
  return mediaAnswer.parse(await response.json());
}

export function fetchMedia(caller: SignedIn, key: string, headers: Readonly<Record<string, string>> = {}) {
  return call("GET", `/v1/media/${key}`, { token: caller.token, headers });
}
