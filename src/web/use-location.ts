/** Where the page is: the person in `?as=`, the room in the hash. */
import { useEffect, useState } from "preact/hooks";

export interface Place {
  readonly as: string | null;
  readonly roomId: number | undefined;
}

function place(): Place {
  const roomId = Number(location.hash.slice(1));
  const as = new URLSearchParams(location.search).get("as");
  return { as, roomId: Number.isInteger(roomId) && roomId > 0 ? roomId : undefined };
}

export function usePlace(): Place {
  const [current, setCurrent] = useState(place);
  useEffect(() => {
    const update = () => setCurrent(place());
    addEventListener("hashchange", update);
    addEventListener("popstate", update);
    return () => {
      removeEventListener("hashchange", update);
      removeEventListener("popstate", update);
    };
  }, []);
  return current;
}

export function goToRoom(roomId: number | undefined): void {
  location.hash = roomId === undefined ? "" : String(roomId);
}

/** Another person is another start of the page: nothing of the last one stays in memory. */
export function goToPerson(key: string | undefined): void {
  location.assign(key === undefined ? location.pathname : `?as=${key}${location.hash}`);
}
