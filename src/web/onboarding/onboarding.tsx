import { useCallback, useEffect } from "react";
import type { OnboardingAnswer } from "../../../schema/api/onboarding.ts";
import type { MeAnswer } from "../../../schema/api/people.ts";
import { surroundings, valuesOfSteps } from "../fields/profile-values.ts";
import { useLocale } from "../locale/locale.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import { loadMe, loadOnboarding } from "../profile/profile-calls.ts";
import type { Session } from "../session/session.ts";
import { Settings } from "../shell/settings.tsx";
import { goToRoom } from "../shell/use-place.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Wizard } from "./wizard.tsx";
import "../styles/fields.css";
import "../styles/welcome.css";

interface OnboardingProps {
  readonly session: Session;
  /** As the address names it. */
  readonly step: number | undefined;
}

/** Six steps that become a profile. Nobody has to: the conversations are one click away. */
export default function Onboarding({ session, step }: OnboardingProps) {
  const { language } = useLocale();
  const { wizard: words } = useProfileWords();
  const { client } = session;
  const load = useCallback(
    async (): Promise<readonly [OnboardingAnswer, MeAnswer]> => Promise.all([loadOnboarding(client), loadMe(client)]),
    [client],
  );
  return (
    <main className="wizard">
      <header>
        <p className="brand">StudyMate</p>
        <span className="row">
          <button type="button" className="text-button" onClick={() => goToRoom(undefined)}>
            {words.later}
          </button>
          <Settings session={session} />
        </span>
      </header>
      <Loaded load={load}>
        {([progress, me]) =>
          progress.isCompleted ? (
            <Completed />
          ) : (
            <Wizard
              session={session}
              loaded={progress}
              initial={valuesOfSteps(progress, me, surroundings(language))}
              step={step}
            />
          )
        }
      </Loaded>
    </main>
  );
}

/** From then on the profile itself is changed. */
function Completed() {
  useEffect(() => location.replace("#profile"), []);
  return null;
}
