import { useEffect, useState } from "react";
import type { Call } from "../../client/session/index.ts";
import { useCallWords } from "../locale/call/index.ts";

const EVERY_MS = 100;
/** Speech is far below the loudest that there is. */
const FULL_LEVEL = 0.2;

/** What the microphone hears, while one looks. */
export function LevelBar({ call }: { readonly call: Call }) {
  const words = useCallWords();
  const [level, setLevel] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setLevel(Math.min(1, call.level() / FULL_LEVEL)), EVERY_MS);
    return () => clearInterval(timer);
  }, [call]);
  return (
    <div className="level">
      <span className="quiet">{words.lobby.level}</span>
      <meter aria-label={words.lobby.level} min={0} max={1} value={Math.sqrt(level)} />
      <span className="field-hint">{words.lobby.levelHint}</span>
    </div>
  );
}
