import { useCallback, useId, useState } from "react";
import { useLocale } from "../locale/locale.tsx";
import { useNotificationWords } from "../locale/notifications/index.ts";
import type { Session } from "../session/session.ts";
import { Loaded } from "../ui/loaded.tsx";
import { type PushState, pushState, turnPushOff, turnPushOn } from "./browser-push.ts";

/** Whether this browser is told while no page is open. Nobody is asked for a permission before they click. */
export function PushSetting({ session }: { readonly session: Session }) {
  const { pushes: words } = useNotificationWords();
  const titleId = useId();
  const load = useCallback(() => pushState(session), [session]);
  return (
    <section className="card-section" aria-labelledby={titleId}>
      <h2 id={titleId}>{words.title}</h2>
      <p>{words.why}</p>
      <Loaded load={load}>{(state, change) => <PushSwitch session={session} state={state} onChange={change} />}</Loaded>
    </section>
  );
}

interface PushSwitchProps {
  readonly session: Session;
  readonly state: PushState;
  readonly onChange: (state: PushState) => void;
}

function PushSwitch({ session, state, onChange }: PushSwitchProps) {
  const { text } = useLocale();
  const { pushes: words } = useNotificationWords();
  const [isBusy, setIsBusy] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);
  const turn = async (change: (session: Session) => Promise<PushState>) => {
    if (isBusy) return;
    setIsBusy(true);
    setHasFailed(false);
    try {
      onChange(await change(session));
    } catch {
      setHasFailed(true);
    }
    setIsBusy(false);
  };
  const { isOn, isOff, ask, denied, deniedHint, unsupported, unsupportedHint, notSetUp } = words;
  const said = { on: isOn, off: isOff, denied, unsupported, notSetUp }[state];
  const hint = { on: undefined, off: ask, denied: deniedHint, unsupported: unsupportedHint, notSetUp: undefined }[
    state
  ];
  return (
    <>
      <p role="status" className="push-state">
        {isBusy ? text.loading : said}
      </p>
      {hint && <p className="quiet">{hint}</p>}
      {hasFailed && (
        <p className="problem" role="alert">
          {words.failed}
        </p>
      )}
      {(state === "on" || state === "off") && (
        <p>
          <button
            type="button"
            className={state === "on" ? "button" : "button primary"}
            aria-disabled={isBusy}
            onClick={() => void turn(state === "on" ? turnPushOff : turnPushOn)}
          >
            {state === "on" ? words.turnOff : words.turnOn}
          </button>
        </p>
      )}
    </>
  );
}
