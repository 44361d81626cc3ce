import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import type { StudyMateClient } from "../../client/index.ts";
import { fetchFile } from "../../client/media/index.ts";
import { type Media, MediaCache } from "./media-cache.ts";

const DEADLINE_MS = 60_000;

const MediaContext = createContext<MediaCache | undefined>(undefined);

interface MediaProviderProps {
  /** Whose token files are fetched with. */
  readonly client: StudyMateClient;
  readonly children: ReactNode;
}

export function MediaProvider({ client, children }: MediaProviderProps) {
  const [cache] = useState(() => {
    return new MediaCache(async (address, given) => {
      const signal = AbortSignal.any([given, AbortSignal.timeout(DEADLINE_MS)]);
      return (await fetchFile(client, address, { signal })).blob();
    });
  });
  useEffect(() => {
    const retry = () => cache.retry();
    addEventListener("online", retry);
    return () => removeEventListener("online", retry);
  }, [cache]);
  return <MediaContext value={cache}>{children}</MediaContext>;
}

/**
 * A file of the server (`/v1/media/…`) as something to show, fetched while the component is mounted. Undefined where
 * there is none, and where nobody is signed in.
 */
export function useMedia(address: string | null | undefined): Media | undefined {
  const cache = useContext(MediaContext);
  const subscribe = useCallback(
    (listener: () => void) => (address && cache ? cache.show(address, listener) : () => {}),
    [cache, address],
  );
  return useSyncExternalStore(subscribe, () => (address ? cache?.get(address) : undefined));
}
