import { useState } from "react";
import { LIMITS } from "../../../schema/protocol/limits.ts";
import { useLocale } from "../locale/locale.tsx";

interface RenameFormProps {
  readonly name: string;
  readonly onRename: (name: string) => Promise<void>;
}

export function RenameForm({ name, onRename }: RenameFormProps) {
  const { text } = useLocale();
  const [next, setNext] = useState(name);
  const isChanged = next.trim() !== "" && next.trim() !== name;
  return (
    <form
      className="rename"
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) void onRename(next.trim());
      }}
    >
      <label className="field">
        {text.groupName}
        <input
          type="text"
          maxLength={LIMITS.nameCharacters}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
      </label>
      <button type="submit" className="button" disabled={!isChanged}>
        {text.rename}
      </button>
    </form>
  );
}
