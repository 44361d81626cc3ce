/** The bytes of a request, read as far as needed, and never further than allowed. */
import type { Hash } from "node:crypto";

export class BodyReader {
  /** What was read and not handed on yet. */
  private readonly read: Uint8Array[] = [];
  private readBytes = 0;
  private isAtEnd: boolean;
  private readonly reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  private readonly hash: Hash | null;

  /** `hash` gets each byte that is read, in order. */
  constructor(body: ReadableStream<Uint8Array> | null, hash: Hash | null = null) {
    this.hash = hash;
    this.reader = body?.getReader();
    this.isAtEnd = body === null;
  }

  /** At least so many bytes, or all that there are. */
  async head(bytes: number): Promise<Uint8Array> {
    while (this.readBytes < bytes && (await this.pull()));
    return this.joined();
  }

  /** All of it; null if that is more than `maxBytes`: what is beyond is not read. */
  async whole(maxBytes: number): Promise<Uint8Array | null> {
    while (this.readBytes <= maxBytes && (await this.pull()));
    return this.readBytes > maxBytes ? null : this.joined();
  }

  /** What was read and what is still to come, as a stream of so many bytes; it fails where there are more or fewer. */
  stream(bytes: number): ReadableStream<Uint8Array> {
    const { readable, writable } = new FixedLengthStream(bytes);
    this.writeTo(writable.getWriter()).catch(() => {});
    return readable;
  }

  /** As far as it was read: that there are more bytes than this, or fewer. */
  isNotOf(bytes: number): boolean {
    return this.readBytes > bytes || (this.isAtEnd && this.readBytes < bytes);
  }

  /** Nothing more is wanted. */
  async cancel(): Promise<void> {
    await this.reader?.cancel().catch(() => {});
  }

  private async writeTo(writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    try {
      do {
        for (const part of this.read.splice(0)) await writer.write(part);
      } while (await this.pull());
      await writer.close();
    } catch (error) {
      writer.abort(error).catch(() => {});
      throw error;
    }
  }

  private async pull(): Promise<boolean> {
    if (this.isAtEnd || !this.reader) return false;
    const { done, value } = await this.reader.read();
    if (done) this.isAtEnd = true;
    else {
      this.hash?.update(value);
      this.read.push(value);
      this.readBytes += value.length;
    }
    return !done;
  }

  private joined(): Uint8Array {
    const [first, ...others] = this.read;
    if (first && others.length === 0) return first;
    const whole = new Uint8Array(this.readBytes);
    let at = 0;
    for (const part of this.read.splice(0)) {
      whole.set(part, at);
      at += part.length;
    }
    this.read.push(whole);
    return whole;
  }
}

/** Of a `Content-Length`; null where there is none. */
export function declaredLength(header: string | undefined): number | null | "invalid" {
  if (header === undefined) return null;
  return /^\d{1,15}$/.test(header) ? Number(header) : "invalid";
}
