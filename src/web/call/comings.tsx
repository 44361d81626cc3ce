import { useEffect, useRef, useState } from "react";
import { useCallWords } from "../locale/call/index.ts";
import { type OpenCall, useTold } from "./use-call.ts";

/** Reads out who comes and goes. */
export function Comings({ live }: Pick<OpenCall, "live">) {
  const words = useCallWords();
  const { peers } = useTold(live);
  const before = useRef(new Map<number, string>());
  const [said, setSaid] = useState("");
  useEffect(() => {
    const there = new Map(peers.filter(({ joined }) => joined).map(({ userId, name }) => [userId, name]));
    const came = [...there].filter(([userId]) => !before.current.has(userId)).map(([, name]) => words.came(name));
    const went = [...before.current].filter(([userId]) => !there.has(userId)).map(([, name]) => words.went(name));
    before.current = there;
    if (came.length + went.length > 0) setSaid([...came, ...went].join(" "));
  }, [peers, words]);
  return (
    <p role="status" className="spoken">
      {said}
    </p>
  );
}
