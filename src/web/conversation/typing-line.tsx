import type { RoomSnapshot } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";

/** Always there, so that nothing moves when somebody begins to type. Not for screen readers: it would talk all the time. */
export function TypingLine({ snapshot }: { readonly snapshot: RoomSnapshot }) {
  const { text, formats } = useLocale();
  const names = snapshot.participants.filter(({ userId }) => snapshot.typing.includes(userId)).map(({ name }) => name);
  return (
    <p className="typing quiet" aria-live="off">
      {names.length > 0 && text.typing(formats.listNames(names), names.length)}
    </p>
  );
}
