/** How a file is served, and which bytes of it. Pure. */

/** RFC 6266: shown in place only where nothing in it can act; the name in ASCII, and in full for those who know RFC 8187. */
export function contentDisposition(contentType: string, fileName: string | null): string {
  const kind = /^(?:image|audio)\//.test(contentType) ? "inline" : "attachment";
  if (fileName === null) return kind;
  const ascii = fileName.replace(/[^\x20-\x7e]/g, "_").replace(/[\\%]/g, "_");
  const encoded = encodeURIComponent(fileName).replace(/['()]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** `whole` also for units that we do not know; `unsatisfiable` for more than one range: nothing here needs several. */
export function byteRange(header: string | undefined, sizeBytes: number): ByteRange | "whole" | "unsatisfiable" {
  if (header === undefined || !/^bytes=/i.test(header)) return "whole";
  const [, from = "", to = ""] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header) ?? [];
  if (from === "" && to === "") return "unsatisfiable";
  if (from === "") {
    const length = Math.min(Number(to), sizeBytes);
    return length === 0 ? "unsatisfiable" : { offset: sizeBytes - length, length };
  }
  const offset = Number(from);
  const last = Math.min(to === "" ? sizeBytes - 1 : Number(to), sizeBytes - 1);
  return offset > last ? "unsatisfiable" : { offset, length: last - offset + 1 };
}

/** RFC 9110: a list of validators, or `*`. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}
