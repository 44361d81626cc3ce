import { useEffect, useRef, useState } from "preact/hooks";
import { DEMO_PEOPLE, type DemoPerson } from "../local/people.ts";
import { idOf, type Session } from "./session.ts";
import { text } from "./text.ts";

interface NewRoomProps {
  readonly session: Session;
  /** With the new room's id, or without one. */
  readonly onClose: (roomId?: number) => void;
}

export function NewRoom({ session, onClose }: NewRoomProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isGroup, setIsGroup] = useState(false);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly DemoPerson[]>([]);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  const others = DEMO_PEOPLE.filter(({ key }) => key !== session.person.key);
  const toggle = (person: DemoPerson) => {
    if (!isGroup) return setChosen([person]);
    setChosen(chosen.includes(person) ? chosen.filter((other) => other !== person) : [...chosen, person]);
  };
  const setKind = (group: boolean) => {
    setIsGroup(group);
    if (!group) setChosen(chosen.slice(0, 1));
  };
  const create = async (event: Event) => {
    event.preventDefault();
    try {
      const participantIds = await Promise.all(chosen.map(idOf));
      const named = isGroup && name.trim() !== "" ? { name: name.trim() } : {};
      const room = await session.client.createRoom({
        roomType: isGroup ? "GROUP" : "DIRECT",
        participantIds,
        ...named,
      });
      onClose(room.id);
    } catch {
      setHasFailed(true);
    }
  };

  return (
    <dialog ref={dialog} onClose={() => onClose()} aria-labelledby="new-room">
      <form onSubmit={create}>
        <h2 id="new-room">{text.newRoom}</h2>
        <div class="row">
          <label>
            <input type="radio" name="kind" checked={!isGroup} onChange={() => setKind(false)} /> {text.direct}
          </label>
          <label>
            <input type="radio" name="kind" checked={isGroup} onChange={() => setKind(true)} /> {text.group}
          </label>
        </div>
        {isGroup && (
          <label class="stacked">
            {text.groupName}
            <input type="text" maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
          </label>
        )}
        <fieldset>
          <legend>{text.withWhom}</legend>
          {others.map((person) => (
            <label key={person.key}>
              <input
                type={isGroup ? "checkbox" : "radio"}
                name="person"
                checked={chosen.includes(person)}
                onChange={() => toggle(person)}
              />{" "}
              {person.koreanName} <span class="quiet">{person.englishName}</span>
            </label>
          ))}
        </fieldset>
        {hasFailed && <p role="alert">{text.refused.other}</p>}
        <div class="row end">
          <button type="button" onClick={() => dialog.current?.close()}>
            {text.cancel}
          </button>
          <button type="submit" class="primary" disabled={chosen.length === 0}>
            {text.create}
          </button>
        </div>
      </form>
    </dialog>
  );
}
