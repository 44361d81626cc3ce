import { useMemo, useState } from "react";
import { useSessionWords } from "../locale/sessions/index.ts";
import { type TimeValues, timeProblems, timesOf, timesToSend } from "./booking.ts";
import { wallClockOf } from "./clock.ts";
import type { HostSheetProps } from "./host-sheets.tsx";
import { LocalTimes } from "./local-times.tsx";
import { updateSession } from "./session-calls.ts";
import { SheetForm } from "./sheet-form.tsx";
import { expected } from "./standing.ts";
import { TimeFields } from "./time-fields.tsx";
import { useAttempt } from "./use-attempt.ts";
import { useConflict } from "./use-conflict.ts";
import { useProfiles } from "./use-profiles.ts";

const MINUTE_MS = 60_000;

export function RescheduleSheet({ session, planned, zone, onClose }: HostSheetProps) {
  const { reschedule: words, problems } = useSessionWords();
  const { client, userId } = session;
  const [start, end] = [Date.parse(planned.scheduledStartTime), Date.parse(planned.scheduledEndTime)];
  const [values, setValues] = useState<TimeValues>(() => {
    const { day, time } = wallClockOf(start, zone);
    return { day, time, minutes: (end - start) / MINUTE_MS };
  });
  const [problemKind, setProblemKind] = useState<keyof typeof problems>();
  const { isBusy, problem, attempt, clear } = useAttempt();
  const explain = useConflict(session);
  const others = useMemo(() => expected(planned).filter((one) => one.userId !== userId), [planned, userId]);
  const otherIds = useMemo(() => others.map((one) => one.userId), [others]);
  const profiles = useProfiles(client, otherIds);
  const times = timesOf(values, zone);
  const send = async () => {
    const found = timeProblems(values, { now: Date.now(), zone }).scheduledStartTime;
    setProblemKind(found);
    if (found !== undefined || times === undefined) return;
    const isDone = await attempt(
      () => updateSession(client, planned.id, timesToSend(times)),
      (error) => explain(error, [{ from: times.start, to: times.end }], [planned.id]),
    );
    if (isDone) onClose(words.done);
  };
  return (
    <SheetForm
      title={words.title}
      hint={words.hint}
      action={words.send}
      {...{ isBusy, problem }}
      onSend={() => void send()}
      onClose={() => onClose()}
    >
      <TimeFields
        values={values}
        zone={zone}
        problem={problemKind && problems[problemKind]}
        onChange={(change) => {
          setValues((before) => ({ ...before, ...change }));
          setProblemKind(undefined);
          clear();
        }}
      />
      {times !== undefined && <LocalTimes people={others} profiles={profiles} moment={times.start} />}
    </SheetForm>
  );
}
