import { useCallback } from "react";
import { type StudyMateClient, StudyMateError } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import type { Session } from "../session/session.ts";
import { loadSessions } from "./session-calls.ts";
import { takenBy } from "./standing.ts";

interface Wanted {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Why something contradicts what is there: of a time, what one has at it already. Undefined: it was another refusal. */
export function useConflict({ client, userId }: Session) {
  const { formats } = useLocale();
  const { conflict, untitled } = useSessionWords();
  return useCallback(
    async (
      error: unknown,
      wanted: readonly Wanted[],
      exceptIds: readonly number[] = [],
    ): Promise<string | undefined> => {
      if (!(error instanceof StudyMateError) || error.code !== "conflict") return undefined;
      // The server says what of it by the field's name.
      if (error.fields.some(({ path }) => path === "")) return conflict.tooMany;
      if (!error.fields.some(({ path }) => path === "scheduledStartTime")) return conflict.changed;
      const own = await loadOver(client, wanted);
      const taken = wanted.flatMap((time) => takenBy(own, time, { userId, exceptIds }));
      if (taken.length === 0) return conflict.unknown;
      const names = [...new Set(taken)].map(
        ({ title, scheduledStartTime }) => `${title ?? untitled} (${formats.momentOf(scheduledStartTime)})`,
      );
      return conflict.own(formats.listNames(names));
    },
    [client, userId, formats, conflict, untitled],
  );
}

async function loadOver(client: StudyMateClient, wanted: readonly Wanted[]) {
  const from = Math.min(...wanted.map((time) => time.from));
  const to = Math.max(...wanted.map((time) => time.to));
  return loadSessions(client, { from, to });
}
