import { useCallback, useState } from "react";
import { hasProblems, NO_PROBLEMS, type Problems, refusedFields } from "./problems.ts";

export interface Saving {
  readonly isBusy: boolean;
  /** The last attempt went well, and nothing was changed since. */
  readonly isSaved: boolean;
  readonly problems: Problems;
  /** Why the last attempt was refused. */
  readonly refusal: unknown;
  /** Sends, unless something is wrong before it is sent. True: it is saved. */
  attempt(found: Problems, send: () => Promise<unknown>): Promise<boolean>;
  /** Something was changed: what was said of it before does not hold any more. */
  touch(): void;
}

interface State {
  readonly isBusy: boolean;
  readonly isSaved: boolean;
  readonly problems: Problems;
  readonly refusal: unknown;
}

const STILL: State = { isBusy: false, isSaved: false, problems: NO_PROBLEMS, refusal: undefined };

/** One form's way to the server. */
export function useSaving(): Saving {
  const [state, setState] = useState(STILL);
  const attempt = useCallback(async (found: Problems, send: () => Promise<unknown>) => {
    if (hasProblems(found)) {
      setState({ ...STILL, problems: found });
      return false;
    }
    setState({ ...STILL, isBusy: true });
    try {
      await send();
      setState({ ...STILL, isSaved: true });
      return true;
    } catch (error) {
      setState({ ...STILL, problems: refusedFields(error), refusal: error });
      return false;
    }
  }, []);
  const touch = useCallback(() => setState((now) => (now.isBusy ? now : STILL)), []);
  return { ...state, attempt, touch };
}
