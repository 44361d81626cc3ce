import { useCallback, useState } from "react";
import { StudyMateError } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { refusalText } from "../shell/refusal-text.ts";
import { tellChange } from "./use-fresh.ts";

export interface Attempt {
  readonly isBusy: boolean;
  /** Why the last one was refused, in words. */
  readonly problem: string | undefined;
  /** Does something to a session. True: it is done, and every list is told. */
  readonly attempt: (
    task: () => Promise<unknown>,
    explain?: (error: unknown) => Promise<string | undefined>,
  ) => Promise<boolean>;
  readonly clear: () => void;
}

/** Nobody says who has blocked whom. */
export function isForbidden(error: unknown): boolean {
  return error instanceof StudyMateError && error.code === "forbidden";
}

/** One thing at a time. */
export function useAttempt(): Attempt {
  const { text } = useLocale();
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const attempt = useCallback<Attempt["attempt"]>(
    async (task, explain) => {
      setIsBusy(true);
      setProblem(undefined);
      try {
        await task();
        tellChange();
        return true;
      } catch (error) {
        const explained = await explain?.(error).catch(() => undefined);
        setProblem(explained ?? refusalText(error, text));
        // What is shown here is not what is there.
        if (error instanceof StudyMateError && ["conflict", "gone"].includes(error.code)) tellChange();
        return false;
      } finally {
        setIsBusy(false);
      }
    },
    [text],
  );
  const clear = useCallback(() => setProblem(undefined), []);
  return { isBusy, problem, attempt, clear };
}
