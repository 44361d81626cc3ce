import { useCallback, useEffect, useState } from "preact/hooks";
import type { RoomListItem, StudyMateClient } from "../client/index.ts";

const INTERVAL_MS = 5_000;

export interface RoomList {
  /** Undefined while nothing was loaded yet. */
  readonly rooms: readonly RoomListItem[] | undefined;
  readonly hasFailed: boolean;
  readonly reload: () => void;
}

/** The rooms, loaded again every few seconds while somebody looks. */
export function useRoomList(client: StudyMateClient): RoomList {
  const [rooms, setRooms] = useState<readonly RoomListItem[]>();
  const [hasFailed, setHasFailed] = useState(false);
  const reload = useCallback(() => {
    client.rooms({ limit: 100 }).then(
      ({ items }) => {
        setRooms(items);
        setHasFailed(false);
      },
      () => setHasFailed(true),
    );
  }, [client]);
  useEffect(() => {
    const whileVisible = () => {
      if (document.visibilityState === "visible") reload();
    };
    reload();
    const timer = setInterval(whileVisible, INTERVAL_MS);
    document.addEventListener("visibilitychange", whileVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", whileVisible);
    };
  }, [reload]);
  return { rooms, hasFailed, reload };
}
