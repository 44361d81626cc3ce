import { useEffect, useState } from "react";
import { useCallWords } from "../locale/call/index.ts";
import { nameOf } from "./call-rules.ts";
import { type OpenCall, useTold } from "./use-call.ts";

interface Shown {
  readonly key: number;
  readonly userId: number;
  readonly emoji: string;
}

const SHOWN_MS = 4_000;
const MOST = 12;

/** Emoji that somebody has just shown. */
export function ShownReactions({ live }: Pick<OpenCall, "live">) {
  const words = useCallWords();
  const { peers, you } = useTold(live);
  const [shown, setShown] = useState<readonly Shown[]>([]);
  useEffect(() => {
    let last = 0;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const stop = live.on("reaction", ({ userId, emoji }) => {
      last += 1;
      const key = last;
      setShown((all) => [...all, { key, userId, emoji }].slice(-MOST));
      const timer = setTimeout(() => {
        timers.delete(timer);
        setShown((all) => all.filter((one) => one.key !== key));
      }, SHOWN_MS);
      timers.add(timer);
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [live]);
  return (
    <ul className="shown-reactions" aria-live="polite">
      {shown.map(({ key, userId, emoji }) => {
        const name = userId === you?.userId ? words.you : nameOf(peers, userId);
        return (
          <li key={key}>
            <span role="img" aria-label={words.reacted(name, emoji)}>
              {emoji}
            </span>
            <small aria-hidden="true">{name}</small>
          </li>
        );
      })}
    </ul>
  );
}
