import { useState } from "react";
import type { Participant, StudyMateClient } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { refusalText } from "../shell/refusal-text.ts";

interface ClosedComposerProps {
  readonly client: StudyMateClient;
  /** Whom you blocked. */
  readonly other: Participant;
}

/** In the place of the composer: why there is nothing to write, and the way back. */
export function ClosedComposer({ client, other }: ClosedComposerProps) {
  const { text } = useLocale();
  const [problem, setProblem] = useState<unknown>();
  return (
    <div className="composer closed">
      <p>{text.closedByBlock(other.name)}</p>
      <button type="button" className="button" onClick={() => client.unblock(other.userId).catch(setProblem)}>
        {text.unblock}
      </button>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {refusalText(problem, text)}
        </p>
      )}
    </div>
  );
}
