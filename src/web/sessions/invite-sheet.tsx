import { useState } from "react";
import { useRoomList } from "../../client/react/index.ts";
import { useSessionWords } from "../locale/sessions/index.ts";
import { Sheet } from "../ui/sheet.tsx";
import type { HostSheetProps } from "./host-sheets.tsx";
import { partnersOf } from "./partners.ts";
import { PeopleField } from "./people-field.tsx";
import { inviteTo } from "./session-calls.ts";
import { SheetForm } from "./sheet-form.tsx";
import { isForbidden, useAttempt } from "./use-attempt.ts";

/** Whoever declined or was removed can be asked again. */
export function InviteSheet({ session, planned, onClose }: HostSheetProps) {
  const { invite: words, form, problems } = useSessionWords();
  const { client } = session;
  const { rooms = [] } = useRoomList(client);
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [isEmpty, setIsEmpty] = useState(false);
  const { isBusy, problem, attempt, clear } = useAttempt();
  const isIn = (userId: number) =>
    planned.participants.some(
      (one) => one.userId === userId && one.invitation !== "DECLINED" && one.invitation !== "REMOVED",
    );
  const people = partnersOf(rooms).filter(({ userId }) => !isIn(userId));
  const close = () => onClose();
  if (people.length === 0) {
    return (
      <Sheet title={words.title} onClose={close}>
        <p className="quiet">{words.nobody}</p>
      </Sheet>
    );
  }
  const send = async () => {
    setIsEmpty(chosen.length === 0);
    if (chosen.length === 0) return;
    const explain = async (error: unknown) => (isForbidden(error) ? form.notInvited : undefined);
    if (await attempt(() => inviteTo(client, planned.id, chosen), explain)) onClose(words.done);
  };
  return (
    <SheetForm
      title={words.title}
      action={words.send}
      {...{ isBusy, problem }}
      onSend={() => void send()}
      onClose={close}
    >
      <PeopleField
        people={people}
        legend={form.with}
        isSingle={false}
        chosen={chosen}
        problem={isEmpty ? problems.nobody : undefined}
        onChange={(userIds) => {
          setChosen(userIds);
          setIsEmpty(false);
          clear();
        }}
      />
    </SheetForm>
  );
}
