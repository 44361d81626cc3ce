/** The scripted room's files: taken as they come, with the type that they claim, and given to whoever takes part. */
import type { MediaAnswer } from "../../../schema/api/media.ts";
import type { Message } from "../index.ts";

type MetadataOfFile = NonNullable<Message["fileMetadata"]>;

interface ModelFile {
  readonly blob: Blob;
  readonly ownerId: number;
  readonly metadata: MetadataOfFile;
}

const PREFIX = "/v1/media/";

export class ModelFiles {
  readonly #files = new Map<string, ModelFile>();

  /** `query`: as of `POST /v1/media`. */
  take(ownerId: number, blob: Blob, query: URLSearchParams): MediaAnswer {
    const key = `${query.get("purpose") ?? "message"}/${ownerId}/file-${this.#files.size + 1}`;
    const fileName = query.get("fileName");
    const durationMs = query.get("durationMs");
    const found = {
      contentType: blob.type || "application/octet-stream",
      ...(durationMs !== null && { durationMs: Number(durationMs) }),
      ...(fileName !== null && { fileName }),
    };
    this.#files.set(key, { blob, ownerId, metadata: { ...found, sizeBytes: blob.size } });
    return { url: `${PREFIX}${key}?claim=scripted`, key, size: blob.size, ...found };
  }

  /** What a message of its owner may show: the plain address, and what was found in it. */
  claimed(url: string, ownerId: number): { fileUrl: string; fileMetadata: MetadataOfFile } | undefined {
    const [fileUrl = "", claim] = url.split("?");
    const file = this.#files.get(fileUrl.slice(PREFIX.length));
    if (claim !== "claim=scripted" || file?.ownerId !== ownerId) return undefined;
    return { fileUrl, fileMetadata: file.metadata };
  }

  at(path: string): Blob | undefined {
    return path.startsWith(PREFIX) ? this.#files.get(path.slice(PREFIX.length))?.blob : undefined;
  }
}
