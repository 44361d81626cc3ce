import { UserRoundPen } from "lucide-react";
import { useEffect, useState } from "react";
import { useAccountWords } from "../locale/account/index.ts";
import { loadMe, loadOnboarding } from "../profile/profile-calls.ts";
import type { Session } from "../session/session.ts";
import { linkToPanel } from "../shell/use-place.ts";
import "../styles/invitation.css";

const STEPS = 6;

/** For who has not completed a profile: a way to it, and nothing more. Silent where it is not known. */
export default function Invitation({ session }: { readonly session: Session }) {
  const { invitation: words } = useAccountWords();
  const { client, you } = session;
  const [step, setStep] = useState<number>();
  useEffect(() => {
    const look = async () => {
      const me = await loadMe(client);
      // The tokens may have an older name.
      you.change(me);
      setStep(me.onboardingCompleted ? undefined : (await loadOnboarding(client)).currentStep);
    };
    look().catch(() => {});
  }, [client, you]);
  if (step === undefined) return null;
  return (
    <a className="invitation" href={linkToPanel("onboarding")}>
      <UserRoundPen aria-hidden="true" size={18} />
      <span>
        {words.text} <small>{words.step(step, STEPS)}</small>
      </span>
    </a>
  );
}
