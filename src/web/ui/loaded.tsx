import { type ReactNode, useCallback, useEffect, useState } from "react";
import { useLocale } from "../locale/locale.tsx";
import { refusalText } from "../shell/refusal-text.ts";

interface LoadedProps<Value> {
  /** Stays the same function while it is to load the same. */
  readonly load: () => Promise<Value>;
  readonly children: (value: Value, change: (value: Value) => void) => ReactNode;
}

/** What is fetched before it can be shown; without a network, with a way to try again. */
export function Loaded<Value>({ load, children }: LoadedProps<Value>) {
  const { text } = useLocale();
  const [value, setValue] = useState<Value>();
  const [problem, setProblem] = useState<unknown>();
  const again = useCallback(() => {
    setProblem(undefined);
    load().then((loaded) => setValue(() => loaded), setProblem);
  }, [load]);
  useEffect(again, [again]);
  if (value !== undefined) return children(value, (next) => setValue(() => next));
  if (problem === undefined) {
    return (
      <p role="status" className="quiet">
        {text.loading}
      </p>
    );
  }
  return (
    <div role="alert" className="load-problem">
      <p>{refusalText(problem, text)}</p>
      <button type="button" className="button" onClick={again}>
        {text.tryAgain}
      </button>
    </div>
  );
}
