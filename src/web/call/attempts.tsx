import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { useLocale } from "../locale/locale.tsx";
import { refusalText } from "../shell/refusal-text.ts";

type Attempt = (task: Promise<unknown>) => void;

const Attempts = createContext<Attempt>((task) => void task.catch(() => {}));

/** What is asked for in a call; where it is refused, the call says so. */
export function useCallAttempt(): Attempt {
  return useContext(Attempts);
}

/** Says what was refused last, until something else is not. */
export function CallAttempts({ children }: { readonly children: (problem: ReactNode) => ReactNode }) {
  const { text } = useLocale();
  const [problem, setProblem] = useState<string>();
  const attempt = useCallback<Attempt>(
    (task) => {
      task.then(
        () => setProblem(undefined),
        (error) => setProblem(refusalText(error, text)),
      );
    },
    [text],
  );
  const said =
    problem === undefined ? null : (
      <p className="notice" role="alert">
        {problem}
      </p>
    );
  return <Attempts value={attempt}>{children(said)}</Attempts>;
}
