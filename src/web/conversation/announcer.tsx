import { useEffect, useRef, useState } from "react";
import type { RoomSnapshot } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { messageWords } from "./message-words.ts";

const PAUSE_MS = 700;

/** Tells a screen reader what others write. What comes close together is only counted, history is not told at all. */
export function Announcer({ snapshot }: { readonly snapshot: RoomSnapshot }) {
  const { text } = useLocale();
  const { messages, participants, you, status } = snapshot;
  const toldUpTo = useRef<number>(undefined);
  const [words, setWords] = useState("");
  const lastId = messages.at(-1)?.id ?? 0;

  useEffect(() => {
    if (status.state !== "live") return;
    toldUpTo.current ??= lastId;
    if (lastId <= toldUpTo.current) return;
    const timer = setTimeout(() => {
      const fresh = messages.filter(({ id, senderId }) => id > (toldUpTo.current ?? 0) && senderId !== you?.userId);
      toldUpTo.current = lastId;
      const [only] = fresh;
      if (only === undefined) return;
      const name = participants.find(({ userId }) => userId === only.senderId)?.name ?? "";
      setWords(fresh.length === 1 ? text.messageFrom(name, messageWords(only, text)) : text.newMessages(fresh.length));
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [lastId, status.state, messages, participants, you, text]);

  return (
    <p className="spoken" aria-live="polite" data-announcer>
      {words}
    </p>
  );
}
