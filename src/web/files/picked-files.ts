/**
 * The files that somebody picked for a room and that are no message yet: kept while one looks at other rooms, and lost
 * with the page. They leave one after the other; what fails stays, to be tried again or taken away.
 */
import { MEDIA_BYTES } from "../../../schema/media.ts";
import { type StudyMateClient, StudyMateError } from "../../client/index.ts";

export interface PickedFile {
  readonly id: number;
  /** Tried again, it is the same upload. */
  readonly uploadKey: string;
  readonly file: Blob;
  readonly name: string;
  /** Of a voice. */
  readonly durationMs: number | undefined;
  /** `ready`: to be sent with the next message. `waiting`: for those before it. */
  readonly state: "ready" | "waiting" | "sending" | "failed";
  /** How much has left, 0 to 1. */
  readonly part: number;
  /** Why it failed; `canRetry`: the same file may be taken another time. */
  readonly problem: unknown;
  readonly canRetry: boolean;
  /** What is said beside it. */
  readonly words: string;
  readonly replyToId: number | undefined;
}

export const PICTURE_TYPES: readonly string[] = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const NEVER_TAKEN: readonly string[] = ["text/html", "application/xhtml+xml"];

const known = new WeakMap<StudyMateClient, Map<number, PickedFiles>>();

export class PickedFiles {
  #all: readonly PickedFile[] = [];
  #lastId = 0;
  readonly #listeners = new Set<() => void>();

  /** Those of a room, the same ones until the page is left. */
  static of(client: StudyMateClient, roomId: number): PickedFiles {
    const ofClient = known.get(client) ?? new Map<number, PickedFiles>();
    known.set(client, ofClient);
    const picked = ofClient.get(roomId) ?? new PickedFiles();
    ofClient.set(roomId, picked);
    return picked;
  }

  readonly getSnapshot = (): readonly PickedFile[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What the server is sure not to take is told at once. */
  add(files: readonly Blob[], durationMs?: number): void {
    const added = files.map((file): PickedFile => {
      this.#lastId += 1;
      const problem = refusalOf(file, durationMs !== undefined);
      return {
        id: this.#lastId,
        uploadKey: crypto.randomUUID(),
        file,
        name: file instanceof File ? file.name : "",
        durationMs,
        state: problem === undefined ? "ready" : "failed",
        part: 0,
        problem,
        canRetry: false,
        words: "",
        replyToId: undefined,
      };
    });
    this.#set([...this.#all, ...added]);
  }

  /** All that are ready are to leave; the first of them with these words. */
  queue(words: string, replyToId: number | undefined): void {
    let isFirst = true;
    this.#set(
      this.#all.map((one) => {
        if (one.state !== "ready") return one;
        const more = isFirst ? { words, replyToId } : {};
        isFirst = false;
        return { ...one, ...more, state: "waiting" as const };
      }),
    );
  }

  change(id: number, change: Partial<PickedFile>): void {
    this.#set(this.#all.map((one) => (one.id === id ? { ...one, ...change } : one)));
  }

  remove(id: number): void {
    this.#set(this.#all.filter((one) => one.id !== id));
  }

  has(id: number): boolean {
    return this.#all.some((one) => one.id === id);
  }

  #set(all: readonly PickedFile[]): void {
    this.#all = all;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Undefined: the server may take it; it looks into the file, which the page does not. */
export function refusalOf(file: Blob, isVoice = false): StudyMateError | undefined {
  const isPicture = file.type.startsWith("image/");
  if (file.size === 0) return new StudyMateError("invalid_frame", "The file is empty.");
  if (NEVER_TAKEN.includes(file.type) || (isPicture && !PICTURE_TYPES.includes(file.type))) {
    return new StudyMateError("unsupported_media_type", "The server takes no such file.");
  }
  const limit = isVoice ? MEDIA_BYTES.voice : isPicture ? MEDIA_BYTES.picture : MEDIA_BYTES.large;
  return file.size > limit ? new StudyMateError("too_large", "Larger than the server takes.") : undefined;
}
