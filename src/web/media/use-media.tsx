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

interface MediaOf {
  readonly client: StudyMateClient;
  readonly cache: MediaCache;
}

const MediaContext = createContext<MediaOf | undefined>(undefined);

interface MediaProviderProps {
  /** Whose token files are fetched with. */
  readonly client: StudyMateClient;
  readonly children: ReactNode;
}

export function MediaProvider({ client, children }: MediaProviderProps) {
  const [mediaOf] = useState((): MediaOf => {
    const cache = new MediaCache(async (address, given) => {
      const signal = AbortSignal.any([given, AbortSignal.timeout(DEADLINE_MS)]);
      return (await fetchFile(client, address, { signal })).blob();
    });
    return { client, cache };
  });
  useEffect(() => {
    const retry = () => mediaOf.cache.retry();
    addEventListener("online", retry);
    return () => removeEventListener("online", retry);
  }, [mediaOf]);
  return <MediaContext value={mediaOf}>{children}</MediaContext>;
}

/**
 * A file of the server (`/v1/media/…`) as something to show, fetched while the component is mounted. Undefined where
 * there is none, and where nobody is signed in.
 */
export function useMedia(address: string | null | undefined): Media | undefined {
  const cache = useContext(MediaContext)?.cache;
  const subscribe = useCallback(
    (listener: () => void) => (address && cache ? cache.show(address, listener) : () => {}),
    [cache, address],
  );
  return useSyncExternalStore(subscribe, () => (address ? cache?.get(address) : undefined));
}

/** Asks again for everything that is shown and failed. */
export function useRetryMedia(): () => void {
  const cache = useContext(MediaContext)?.cache;
  return useCallback(() => cache?.retry(), [cache]);
}

/** Fetches a file to be kept, not shown. */
export function useFetchFile(): (address: string) => Promise<Blob> {
  const client = useContext(MediaContext)?.client;
  return async (address) => {
    if (client === undefined) throw new Error("Nobody is signed in.");
    return (await fetchFile(client, address)).blob();
  };
}

/** Tells of a file that is here already: whoever sent it need not fetch it. */
export function useKnownMedia(): (address: string, file: Blob) => void {
  const cache = useContext(MediaContext)?.cache;
  return useCallback((address, file) => cache?.put(address, file), [cache]);
}
