import { useEffect, useState, useSyncExternalStore } from "react";
import type { StudyMateClient } from "../../client/index.ts";
import {
  type Call,
  connectSession,
  createCall,
  createRecorder,
  type LiveSession,
  type Recorder,
} from "../../client/session/index.ts";

/** A session that is open here, with its call and what records it. */
export interface OpenCall {
  readonly live: LiveSession;
  readonly call: Call;
  readonly recorder: Recorder;
}

/** Open while it is shown, and asked for. */
export function useOpenCall(
  client: StudyMateClient,
  sessionId: number,
  { isOpen, relayOnly }: { readonly isOpen: boolean; readonly relayOnly: boolean },
): OpenCall | undefined {
  const [open, setOpen] = useState<OpenCall>();
  useEffect(() => {
    if (!isOpen) return;
    const live = connectSession(client, sessionId);
    const call = createCall(live, { relayOnly });
    const recorder = createRecorder(call);
    setOpen({ live, call, recorder });
    return () => {
      setOpen(undefined);
      recorder.close();
      call.close();
      live.close();
    };
  }, [client, sessionId, isOpen, relayOnly]);
  return open;
}

interface Told<Snapshot> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => Snapshot;
}

/** Whatever has a snapshot, as it is now. */
export function useTold<Snapshot>({ subscribe, getSnapshot }: Told<Snapshot>): Snapshot {
  return useSyncExternalStore(subscribe, getSnapshot);
}

/** The time, again and again. Epoch milliseconds. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
