import { useEffect, useState } from "react";
import { useCallAttempt } from "./attempts.tsx";
import { type ConsentState, consentState } from "./call-rules.ts";
import { type OpenCall, useTold } from "./use-call.ts";

export interface RecordingView extends ConsentState {
  readonly isRecording: boolean;
  readonly startedByUserId: number | null;
  /** Somebody asks, and was not answered yet. */
  readonly isAsked: boolean;
  /** One has asked, and somebody has yet to agree. */
  readonly isWaiting: boolean;
  readonly ask: () => void;
  readonly stop: () => void;
  readonly answer: (granted: boolean) => void;
}

/** Whoever wants to record agrees first; that asks the others. Once all have agreed, it begins. */
export function useRecording({ live, recorder }: OpenCall): RecordingView {
  const snapshot = useTold(live);
  const { recording, isJoined } = snapshot;
  const consent = consentState(snapshot);
  const attempt = useCallAttempt();
  const [wants, setWants] = useState(false);
  const [hasDeclined, setHasDeclined] = useState(false);
  const isReady = wants && isJoined && consent.hasAgreed && consent.waitsFor.length === 0 && !recording.isRecording;
  useEffect(() => {
    if (isReady) attempt(recorder.start());
  }, [recorder, isReady, attempt]);
  const isAskedByAny = consent.askedBy.length > 0;
  // Whoever asks again later asks anew.
  useEffect(() => {
    if (!isAskedByAny) setHasDeclined(false);
  }, [isAskedByAny]);
  return {
    ...consent,
    isRecording: recording.isRecording,
    startedByUserId: recording.startedByUserId,
    isAsked: isAskedByAny && !hasDeclined,
    isWaiting: wants && consent.hasAgreed && !recording.isRecording,
    ask: () => {
      setWants(true);
      attempt(live.setRecordingConsent(true));
    },
    stop: () => {
      setWants(false);
      if (recording.isRecording) attempt(recorder.stop());
      // Whoever was asked for nothing is asked anew another time.
      else attempt(live.setRecordingConsent(false));
    },
    answer: (granted) => {
      if (granted) attempt(live.setRecordingConsent(true));
      else {
        setWants(false);
        setHasDeclined(true);
        if (consent.hasAgreed) attempt(live.setRecordingConsent(false));
      }
    },
  };
}
