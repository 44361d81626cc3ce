import { useSyncExternalStore } from "react";

/** Room for seven days beside each other, and the list of rooms. */
const wide = matchMedia("(width >= 64rem)");

export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => wide.matches);
}

function subscribe(listener: () => void): () => void {
  wide.addEventListener("change", listener);
  return () => wide.removeEventListener("change", listener);
}
