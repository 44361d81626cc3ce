import { useCallback, useSyncExternalStore } from "react";
import type { StudyMateClient } from "../../client/index.ts";
import { useKnownMedia } from "../media/use-media.tsx";
import { PickedFiles } from "./picked-files.ts";

/** The files that wait to be sent in a room, and what can be done with them. */
export function usePickedFiles(client: StudyMateClient, roomId: number) {
  const picked = PickedFiles.of(client, roomId);
  const files = useSyncExternalStore(picked.subscribe, picked.getSnapshot);
  const isKnown = useKnownMedia();

  const begin = useCallback(async () => {
    const { sendFiles } = await import("./send-files.ts");
    const onUploaded = (fileUrl: string, file: Blob) => isKnown(fileUrl.split("?")[0] ?? fileUrl, file);
    await sendFiles({ client, roomId, picked, onUploaded });
  }, [client, roomId, picked, isKnown]);

  return {
    files,
    add: (all: Iterable<File>) => picked.add([...all]),
    remove: (id: number) => {
      picked.remove(id);
      // What waited behind it goes on.
      void begin();
    },
    retry: (id: number) => {
      picked.change(id, { state: "waiting", problem: undefined, canRetry: false });
      void begin();
    },
    send: (words: string, replyToId: number | undefined) => {
      picked.queue(words, replyToId);
      void begin();
    },
    sendVoice: (voice: Blob, durationMs: number, replyToId: number | undefined) => {
      picked.add([voice], durationMs);
      picked.queue("", replyToId);
      void begin();
    },
  };
}

export type UsedPickedFiles = ReturnType<typeof usePickedFiles>;
