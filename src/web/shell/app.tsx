import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import type { TokenAnswer } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { MediaProvider } from "../media/use-media.tsx";
import {
  demoPerson,
  type Farewell,
  OWN_TOKENS,
  openDemoSession,
  openOwnSession,
  type Session,
} from "../session/session.ts";
import { takeProviderReturn } from "../sign-in/provider-return.ts";
import { useTheme } from "./theme.ts";
import { goToPerson, usePlace } from "./use-place.ts";
import { Workspace } from "./workspace.tsx";

const SignIn = lazy(() => import("../sign-in/sign-in.tsx"));
const Onboarding = lazy(() => import("../onboarding/onboarding.tsx"));
const Call = lazy(() => import("../call/call.tsx"));

/** Before anything else: a code is not to stay in the address, or to be taken for a place. */
const returned = takeProviderReturn();

type Standing =
  | { readonly state: "opening" | "failed" }
  | { readonly state: "nobody"; readonly farewell?: Farewell }
  | { readonly state: "open"; readonly session: Session };

export function App() {
  useTheme();
  const { text } = useLocale();
  const place = usePlace();
  const person = demoPerson(place.as);
  const [standing, setStanding] = useState<Standing>({ state: returned === undefined ? "opening" : "nobody" });

  const open = useCallback(
    async (fresh?: TokenAnswer) => {
      try {
        const session = person === undefined ? await openOwnSession(fresh) : await openDemoSession(person);
        session.onEnd((farewell) => {
          if (person !== undefined) return goToPerson(undefined);
          history.replaceState(null, "", location.pathname);
          setStanding({ state: "nobody", farewell });
        });
        setStanding({ state: "open", session });
      } catch {
        setStanding({ state: person === undefined ? "nobody" : "failed" });
      }
    },
    [person],
  );
  useEffect(() => {
    if (person !== undefined || returned === undefined) void open();
  }, [person, open]);
  useEffect(() => {
    if (standing.state !== "nobody") return;
    // Somebody has signed in, in another tab.
    const onStorage = ({ key, newValue }: StorageEvent) => {
      if (key === OWN_TOKENS && newValue !== null) void open();
    };
    addEventListener("storage", onStorage);
    return () => removeEventListener("storage", onStorage);
  }, [standing.state, open]);

  if (standing.state === "open") {
    const { session } = standing;
    return (
      <MediaProvider key={session.userId} client={session.client}>
        <Suspense fallback={<Waiting words={text.loading} />}>
          {place.panel === "onboarding" && <Onboarding session={session} step={place.step} />}
          {place.sessions?.view === "call" && (
            <Call key={place.sessions.id} session={session} sessionId={place.sessions.id} />
          )}
        </Suspense>
        {place.panel !== "onboarding" && place.sessions?.view !== "call" && (
          <Workspace session={session} place={place} />
        )}
      </MediaProvider>
    );
  }
  if (standing.state === "nobody") {
    return (
      <Suspense fallback={<Waiting words={text.loading} />}>
        <SignIn returned={returned} farewell={standing.farewell} onSignedIn={open} />
      </Suspense>
    );
  }
  return (
    <main className="centered">
      <p role="status">{standing.state === "failed" ? text.signInFailed : text.signingIn}</p>
      {standing.state === "failed" && (
        <button
          type="button"
          className="button primary"
          onClick={() => {
            setStanding({ state: "opening" });
            void open();
          }}
        >
          {text.tryAgain}
        </button>
      )}
    </main>
  );
}

function Waiting({ words }: { readonly words: string }) {
  return (
    <main className="centered">
      <p role="status">{words}</p>
    </main>
  );
}
