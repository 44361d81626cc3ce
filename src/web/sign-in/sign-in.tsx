import { type ReactNode, useCallback, useEffect, useState } from "react";
import type { ProviderName } from "../../../schema/api/auth.ts";
import { StudyMateError, type TokenAnswer } from "../../client/index.ts";
import { type AccountWords, useAccountWords } from "../locale/account/index.ts";
import type { Farewell } from "../session/session.ts";
import { Settings } from "../shell/settings.tsx";
import { goToPanel } from "../shell/use-place.ts";
import { exchange, isNewcomer, startAddress } from "./auth-calls.ts";
import { Choices } from "./choices.tsx";
import {
  challengeOf,
  forgetNewcomer,
  keepAttempt,
  keepNewcomer,
  keptNewcomer,
  newVerifier,
  takeAttempt,
} from "./kept-attempt.ts";
import type { ProviderReturn } from "./provider-return.ts";
import { SignUpForm } from "./sign-up-form.tsx";
import "../styles/fields.css";
import "../styles/welcome.css";

type SignInProblem = keyof AccountWords["signInProblem"];

interface SignInProps {
  /** The browser comes back from a provider with this. */
  readonly returned: ProviderReturn | undefined;
  /** Why nobody is signed in any more. */
  readonly farewell: Farewell | undefined;
  readonly onSignedIn: (answer: TokenAnswer) => Promise<void>;
}

/** A way back from a provider is gone through once, also where this view comes again later. */
let isReturnTaken = false;

/** The first view where nobody is signed in: ways to sign in, the way back from a provider, the sign-up of newcomers. */
export default function SignIn({ returned, farewell, onSignedIn }: SignInProps) {
  const words = useAccountWords();
  const isComingBack = returned !== undefined && !isReturnTaken;
  const [newcomer, setNewcomer] = useState(() => (isComingBack ? undefined : keptNewcomer()));
  const [problem, setProblem] = useState<SignInProblem>();
  const [isBusy, setIsBusy] = useState(isComingBack);

  const comeBack = useCallback(
    async (from: ProviderReturn) => {
      const attempt = takeAttempt();
      forgetNewcomer();
      try {
        if ("error" in from) return setProblem(from.error === "unavailable" ? "unavailable" : "forbidden");
        if (attempt === undefined) return setProblem("otherTab");
        const answer = await exchange(from.code, attempt.verifier);
        if (isNewcomer(answer)) {
          keepNewcomer(answer);
          return setNewcomer(answer);
        }
        if (attempt.place !== "") location.hash = attempt.place;
        await onSignedIn(answer);
      } catch (error) {
        setProblem(problemOf(error));
      } finally {
        setIsBusy(false);
      }
    },
    [onSignedIn],
  );
  useEffect(() => {
    if (returned === undefined || isReturnTaken) return;
    isReturnTaken = true;
    void comeBack(returned);
  }, [returned, comeBack]);

  const leave = async (provider: ProviderName) => {
    // Browsers hash only where nobody can listen in.
    if (!isSecureContext) return setProblem("unsupported");
    setProblem(undefined);
    const verifier = newVerifier();
    keepAttempt({ verifier, place: location.hash });
    location.assign(startAddress(provider, await challengeOf(verifier)));
  };
  const startOver = (why?: SignInProblem) => {
    forgetNewcomer();
    setNewcomer(undefined);
    setProblem(why);
  };

  if (isBusy) {
    return (
      <main className="centered">
        <p role="status">{words.signIn.exchanging}</p>
      </main>
    );
  }
  return (
    <Welcome>
      {newcomer !== undefined ? (
        <SignUpForm
          newcomer={newcomer}
          onExpired={() => startOver("banned")}
          onStartOver={() => startOver()}
          onSignedUp={async (answer) => {
            forgetNewcomer();
            goToPanel("onboarding");
            await onSignedIn(answer);
          }}
        />
      ) : (
        <>
          {problem !== undefined && (
            <p className="problem" role="alert">
              {words.signInProblem[problem]}
            </p>
          )}
          {problem === undefined && farewell !== undefined && (
            <p className="notice rounded" role="status">
              {words.farewell[farewell]}
            </p>
          )}
          <Choices onProvider={(provider) => void leave(provider)} />
        </>
      )}
    </Welcome>
  );
}

function Welcome({ children }: { readonly children: ReactNode }) {
  return (
    <main className="welcome">
      <header>
        <p className="brand">StudyMate</p>
        <Settings />
      </header>
      {children}
    </main>
  );
}

function problemOf(error: unknown): SignInProblem {
  const code = error instanceof StudyMateError ? error.code : undefined;
  if (code === "forbidden") return "banned";
  if (code === "network" || code === "rate_limited" || code === "unavailable") return code;
  return "other";
}
