import { useEffect } from "react";
import type { Session } from "../session/session.ts";
import { hasChosenPush } from "./push-choice.ts";

/** Tells the server of this browser's subscription again: browsers exchange them by themselves. */
export function useKeptPush(session: Session): void {
  useEffect(() => {
    if (!hasChosenPush(session.userId)) return;
    let isOver = false;
    let end = () => {};
    import("./browser-push.ts").then(
      ({ keepPush }) => {
        if (!isOver) end = keepPush(session);
      },
      () => {}, // without a network; the next start tries again
    );
    return () => {
      isOver = true;
      end();
    };
  }, [session]);
}
