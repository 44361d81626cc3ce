import { useCallback, useSyncExternalStore } from "react";
import type { Drafts } from "./drafts.ts";

/** The draft of a room, and what changes it. */
export function useDraft(drafts: Drafts, roomId: number): readonly [string, (words: string) => void] {
  const subscribe = useCallback(
    (listener: () => void) => {
      const onStorage = ({ key }: StorageEvent) => {
        if (drafts.owns(key)) listener();
      };
      const stop = drafts.subscribe(listener);
      addEventListener("storage", onStorage);
      return () => {
        stop();
        removeEventListener("storage", onStorage);
      };
    },
    [drafts],
  );
  const draft = useSyncExternalStore(subscribe, () => drafts.get(roomId));
  const change = useCallback((words: string) => drafts.set(roomId, words), [drafts, roomId]);
  return [draft, change];
}
