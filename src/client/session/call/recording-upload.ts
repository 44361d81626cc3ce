/**
 * Uploads a recording while it is made, part by part. A part is kept until the server has it, and sent again as long as
 * it takes; what arrived without an answer is not sent twice.
 */
import type {
  CompleteRecordingRequest,
  CreateRecordingAnswer,
  SessionRecording,
  RecordingUpload as Upload,
} from "../../../../schema/api/sessions.ts";
import { type Backoff, backoffMs } from "../../backoff.ts";
import { type StudyMateClient, StudyMateError } from "../../index.ts";

export interface RecordingUploadOptions {
  readonly client: StudyMateClient;
  readonly sessionId: number;
  /** As MediaRecorder says it. */
  readonly contentType: string;
  readonly onChange?: (sentBytes: number, allBytes: number) => void;
  readonly signal?: AbortSignal;
}

const PAUSE: Backoff = { firstMs: 1_000, mostMs: 20_000 };
const PART_DEADLINE_MS = 120_000;

export class RecordingUpload {
  readonly #options: RecordingUploadOptions;
  readonly #created: Promise<CreateRecordingAnswer>;
  /** What is not in a part yet. */
  #rest: Blob[] = [];
  #restBytes = 0;
  #parts = 0;
  #sentBytes = 0;
  #allBytes = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: RecordingUploadOptions) {
    this.#options = options;
    const idempotencyKey = crypto.randomUUID();
    this.#created = this.#patiently(() =>
      options.client.request<CreateRecordingAnswer>({
        ...{ method: "POST", path: this.#path(""), idempotencyKey },
        body: { contentType: options.contentType },
      }),
    );
    // Whoever finishes hears of it.
    this.#created.catch(() => {});
  }

  /** What was recorded next. */
  add(data: Blob): void {
    if (data.size === 0) return;
    this.#rest.push(data);
    this.#restBytes += data.size;
    this.#allBytes += data.size;
    this.#told();
    this.#then(async () => {
      const { partSize } = await this.#created;
      while (this.#restBytes >= partSize) await this.#sendPart(this.#take(partSize));
    });
  }

  /** Everything was recorded. Resolves once the server has all of it. */
  async finish(file: CompleteRecordingRequest): Promise<SessionRecording> {
    this.#then(async () => {
      if (this.#restBytes > 0) await this.#sendPart(this.#take(this.#restBytes));
    });
    await this.#sending;
    const { id } = await this.#created;
    const path = this.#path(`/${id}/complete`);
    return this.#patiently(() => this.#options.client.request({ method: "POST", path, body: file }));
  }

  /** One after the other; the first failure that is final is the last. */
  #then(step: () => Promise<void>): void {
    this.#sending = this.#sending.then(step);
    this.#sending.catch(() => {});
  }

  #take(bytes: number): Blob {
    const all = new Blob(this.#rest);
    this.#rest = [all.slice(bytes)];
    this.#restBytes = all.size - bytes;
    return all.slice(0, bytes);
  }

  async #sendPart(part: Blob): Promise<void> {
    const { id } = await this.#created;
    this.#parts += 1;
    const number = this.#parts;
    let isAgain = false;
    await this.#patiently(async () => {
      if (isAgain && (await this.#hasPart(id, number, part.size))) return;
      isAgain = true;
      const signal = AbortSignal.timeout(PART_DEADLINE_MS);
      await this.#options.client.request({
        ...{ method: "PUT", path: this.#path(`/${id}/parts/${number}`) },
        ...{ body: part, signal },
      });
    });
    this.#sentBytes += part.size;
    this.#told();
  }

  async #hasPart(id: number, number: number, size: number): Promise<boolean> {
    const { parts } = await this.#options.client.request<Upload>({ path: this.#path(`/${id}/upload`) });
    return parts.some((one) => one.number === number && one.size === size);
  }

  /** Tries again what may succeed later. */
  async #patiently<Value>(task: () => Promise<Value>): Promise<Value> {
    for (let failures = 0; ; failures += 1) {
      if (this.#options.signal?.aborted) throw new StudyMateError("cancelled", "The upload was given up.");
      try {
        return await task();
      } catch (error) {
        if (!(error instanceof StudyMateError) || !error.retryable) throw error;
        const waitMs = error.retryAfterMs ?? backoffMs(PAUSE, failures);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  #path(rest: string): string {
    return `/v1/sessions/${this.#options.sessionId}/recordings${rest}`;
  }

  #told(): void {
    this.#options.onChange?.(this.#sentBytes, this.#allBytes);
  }
}
