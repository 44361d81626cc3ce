/** Sends what was picked, one after the other: each is uploaded, and is then a message in the room's outbox. */
import { type StudyMateClient, StudyMateError } from "../../client/index.ts";
import { uploadFile } from "../../client/media/index.ts";
import type { PickedFile, PickedFiles } from "./picked-files.ts";

interface SendDeps {
  readonly client: StudyMateClient;
  readonly roomId: number;
  readonly picked: PickedFiles;
  /** It has an address now: whoever sent it need not fetch it. */
  readonly onUploaded: (address: string, file: Blob) => void;
}

const running = new WeakSet<PickedFiles>();

/** Until nothing waits any more, or something fails. */
export async function sendFiles(deps: SendDeps): Promise<void> {
  const { client, roomId, picked } = deps;
  if (running.has(picked)) return;
  running.add(picked);
  // Also when one looks at another room meanwhile.
  const lease = client.retain(roomId);
  addEventListener("beforeunload", askBeforeLeaving);
  try {
    for (;;) {
      const next = picked.getSnapshot().find(({ state }) => state === "waiting");
      if (next === undefined || !(await sendOne(next, deps))) break;
    }
  } finally {
    removeEventListener("beforeunload", askBeforeLeaving);
    lease.release();
    running.delete(picked);
  }
}

/** False: it failed, and those behind it wait. */
async function sendOne(one: PickedFile, { client, roomId, picked, onUploaded }: SendDeps): Promise<boolean> {
  const { id, uploadKey, file, name, durationMs, words, replyToId } = one;
  const giveUp = new AbortController();
  picked.change(id, { state: "sending", part: 0, problem: undefined });
  const stop = picked.subscribe(() => {
    if (!picked.has(id)) giveUp.abort();
  });
  try {
    const uploaded = await uploadFile(client, file, {
      roomId,
      fileName: name || undefined,
      durationMs,
      idempotencyKey: uploadKey,
      signal: giveUp.signal,
      onProgress: (part) => picked.change(id, { part }),
    });
    if (giveUp.signal.aborted) return true;
    onUploaded(uploaded.fileUrl, file);
    // A refusal is shown at the message itself.
    client
      .peek(roomId)
      .send(words, { ...uploaded, ...(replyToId !== undefined && { replyToId }) })
      .catch(() => {});
    picked.remove(id);
    return true;
  } catch (error) {
    if (giveUp.signal.aborted) return true;
    const canRetry = !(error instanceof StudyMateError) || error.retryable;
    picked.change(id, { state: "failed", problem: error, canRetry });
    return false;
  } finally {
    stop();
  }
}

function askBeforeLeaving(event: Event): void {
  event.preventDefault();
}
