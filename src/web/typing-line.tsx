import type { RoomSnapshot } from "../client/index.ts";
import { listNames } from "./formats.ts";
import { text } from "./text.ts";

/** Always there, so that nothing moves when somebody begins to type. */
export function TypingLine({ snapshot }: { readonly snapshot: RoomSnapshot }) {
  const names = snapshot.participants.filter(({ userId }) => snapshot.typing.includes(userId)).map(({ name }) => name);
  return (
    <p class="typing quiet" aria-live="polite">
      {names.length > 0 && text.typing(listNames(names), names.length)}
    </p>
  );
}
