import { useCallback, useEffect, useRef, useState } from "react";
import { useMe } from "../../client/react/index.ts";
import type { Session } from "../session/session.ts";

export interface Fresh<Value> {
  /** Undefined: not loaded yet. */
  readonly value: Value | undefined;
  /** Why the last try failed. */
  readonly problem: unknown;
  readonly reload: () => Promise<void>;
}

/** What this tab has done to sessions. Other devices are told by the server, or ask. */
const changes = new EventTarget();

export function tellChange(): void {
  changes.dispatchEvent(new Event("change"));
}

/**
 * What is loaded of sessions, and loaded again when it may be another by now: changed here, told of, or while one was
 * away. Who confirmed is nobody told of: it is asked for every `everyMs` while somebody looks.
 */
export function useFresh<Value>(session: Session, load: () => Promise<Value>, everyMs: number): Fresh<Value> {
  const [state, setState] = useState<{ readonly of?: () => Promise<Value>; value?: Value; problem?: unknown }>({});
  const turns = useRef(0);
  const { me } = session;
  const isLive = useMe(me).connection.state === "live";
  const reload = useCallback(async () => {
    turns.current += 1;
    const turn = turns.current;
    const next = await load().then(
      (value) => ({ value }),
      (problem: unknown) => ({ problem }),
    );
    // A later one was asked for meanwhile.
    if (turn === turns.current) setState((before) => ({ ...(before.of === load && before), ...fresh(next), of: load }));
  }, [load]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: also when a lost connection is back
  useEffect(() => void reload(), [reload, isLive]);
  useEffect(() => {
    const again = () => void reload();
    const whenSeen = () => {
      if (document.visibilityState === "visible") again();
    };
    const stopNews = me.onNotification(({ type }) => {
      if (type.startsWith("SESSION_")) again();
    });
    changes.addEventListener("change", again);
    document.addEventListener("visibilitychange", whenSeen);
    const timer = setInterval(whenSeen, everyMs);
    return () => {
      stopNews();
      changes.removeEventListener("change", again);
      document.removeEventListener("visibilitychange", whenSeen);
      clearInterval(timer);
    };
  }, [me, reload, everyMs]);
  const { value, problem } = state.of === load ? state : {};
  return { value, problem, reload };
}

function fresh<Value>(next: { value: Value } | { problem: unknown }) {
  return "value" in next ? { value: next.value, problem: undefined } : next;
}
