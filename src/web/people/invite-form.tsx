import { useState } from "react";
import type { Participant } from "../../client/index.ts";
import { DEMO_PEOPLE, type DemoPerson } from "../../local/people.ts";
import { useLocale } from "../locale/locale.tsx";
import { idOf } from "../session/session.ts";
import { PersonChoice } from "./person-choice.tsx";

interface InviteFormProps {
  readonly present: readonly Participant[];
  readonly onInvite: (userIds: readonly number[]) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

export function InviteForm({ present, onInvite, onProblem }: InviteFormProps) {
  const { text } = useLocale();
  const [chosen, setChosen] = useState<readonly DemoPerson[]>([]);
  const absent = DEMO_PEOPLE.filter(({ englishName }) => present.every(({ name }) => name !== englishName));
  if (absent.length === 0) return <p className="quiet">{text.everybodyIsHere}</p>;
  const invite = async () => {
    try {
      await onInvite(await Promise.all(chosen.map(idOf)));
      setChosen([]);
    } catch (error) {
      onProblem(error);
    }
  };
  return (
    <form
      className="sheet-form"
      onSubmit={(event) => {
        event.preventDefault();
        void invite();
      }}
    >
      <PersonChoice people={absent} legend={text.invite} isSingle={false} chosen={chosen} onChange={setChosen} />
      <div className="row end">
        <button type="submit" className="button primary" disabled={chosen.length === 0}>
          {text.inviteAction}
        </button>
      </div>
    </form>
  );
}
