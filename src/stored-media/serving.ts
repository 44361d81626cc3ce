/** Files out of R2: whole or in ranges, and never as something that could act in the page. */
import type { Context } from "hono";
import type { MediaFile } from "../../schema/media.ts";
import type { HttpEnv } from "../http/context.ts";
import { refuseWith } from "../http/problems.ts";
import { byteRange, contentDisposition, matchesEtag } from "./serving-rules.ts";

export type ServedFile = Pick<MediaFile, "key" | "contentType" | "sizeBytes" | "fileName">;

/** `no-cache`: kept, but asked about each time, so that nobody sees it who may not any more. */
export async function serveFile(c: Context<HttpEnv>, file: ServedFile, etag: string): Promise<Response> {
  const { key, contentType, sizeBytes, fileName } = file;
  const always = { etag, "cache-control": "private, no-cache", vary: "authorization" };
  // What is under a key never changes.
  if (matchesEtag(c.req.header("if-none-match"), etag)) return c.body(null, 304, always);
  const ifRange = c.req.header("if-range");
  const asked = ifRange === undefined || ifRange === etag ? c.req.header("range") : undefined;
  const range = byteRange(asked, sizeBytes);
  if (range === "unsatisfiable") {
    return refuseWith(c, "range_not_satisfiable", { headers: { "content-range": `bytes */${sizeBytes}` } });
  }
  const found = await c.env.MEDIA.get(key, range === "whole" ? {} : { range });
  if (found === null) return refuseWith(c, "not_found");
  const { offset, length } = range === "whole" ? { offset: 0, length: sizeBytes } : range;
  return c.body(found.body, range === "whole" ? 200 : 206, {
    ...always,
    "content-type": contentType,
    "content-length": String(length),
    "content-disposition": contentDisposition(contentType, fileName),
    "accept-ranges": "bytes",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-site",
    ...(range !== "whole" && { "content-range": `bytes ${offset}-${offset + length - 1}/${sizeBytes}` }),
  });
}
