import { type FormEvent, useState } from "react";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import { DEMO_PEOPLE, type DemoPerson } from "../../local/people.ts";
import { useLocale } from "../locale/locale.tsx";
import { PersonChoice } from "../people/person-choice.tsx";
import { idOf, type Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { Sheet } from "../ui/sheet.tsx";

interface NewRoomProps {
  readonly session: Session;
  /** With the new room's id, or without one. */
  readonly onClose: (roomId?: number) => void;
}

export default function NewRoom({ session, onClose }: NewRoomProps) {
  const { text } = useLocale();
  const [isGroup, setIsGroup] = useState(false);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly DemoPerson[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const setKind = (group: boolean) => {
    setIsGroup(group);
    if (!group) setChosen(chosen.slice(0, 1));
  };
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    try {
      const participantIds = await Promise.all(chosen.map(idOf));
      const roomType = isGroup ? "GROUP" : "DIRECT";
      const named = isGroup && name.trim() !== "" ? { name: name.trim() } : {};
      const room = await session.client.createRoom({ roomType, participantIds, ...named });
      onClose(room.id);
    } catch (error) {
      setProblem(error);
      setIsBusy(false);
    }
  };

  return (
    <Sheet title={text.newRoom} onClose={() => onClose()}>
      <form className="sheet-form" onSubmit={create}>
        <fieldset className="segments">
          <legend className="spoken">{text.kind}</legend>
          {[false, true].map((group) => (
            <label key={String(group)}>
              <input type="radio" name="kind" checked={isGroup === group} onChange={() => setKind(group)} />
              <span>{group ? text.group : text.direct}</span>
            </label>
          ))}
        </fieldset>
        {isGroup && (
          <label className="field">
            {text.groupName}
            <input
              type="text"
              maxLength={LIMITS.nameCharacters}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </label>
        )}
        <PersonChoice
          people={DEMO_PEOPLE.filter(({ key }) => key !== session.demo?.key)}
          legend={text.withWhom}
          isSingle={!isGroup}
          chosen={chosen}
          onChange={setChosen}
        />
        {problem !== undefined && (
          <p className="problem" role="alert">
            {refusalText(problem, text)}
          </p>
        )}
        <div className="row end">
          <button type="submit" className="button primary" disabled={chosen.length === 0 || isBusy}>
            {text.create}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
