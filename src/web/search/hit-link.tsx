import { SpellCheck } from "lucide-react";
import { memo } from "react";
import type { SearchHit } from "../../client/index.ts";
import { messageWords } from "../conversation/message-words.ts";
import { useLocale } from "../locale/locale.tsx";
import { FoundText } from "./found-text.tsx";
import type { KnownNames } from "./known-names.ts";

interface HitLinkProps {
  readonly hit: SearchHit;
  readonly names: KnownNames;
  readonly yourId: number;
  /** The page shows this message. */
  readonly isCurrent: boolean;
  readonly onOpen: (link: HTMLAnchorElement, isCurrent: boolean) => void;
}

/** A message that was found, with what was found in it: the way to where it was said. */
export const HitLink = memo(function HitLink({ hit, names, yourId, isCurrent, onOpen }: HitLinkProps) {
  const { text, formats } = useLocale();
  const { message, highlights, corrections } = hit;
  const { id, roomId, senderId, createdAt } = message;
  const nameOf = (userId: number) =>
    userId === yourId ? text.you : (names.personName(roomId, userId) ?? text.found.somebody);
  return (
    <a
      className="hit"
      href={`#${roomId}/${id}`}
      aria-current={isCurrent ? "true" : undefined}
      onClick={(event) => {
        if (!event.metaKey && !event.ctrlKey && !event.shiftKey) onOpen(event.currentTarget, isCurrent);
      }}
    >
      <span className="hit-head quiet">
        <bdi className="hit-room">{names.roomName(roomId)}</bdi>{" "}
        <time dateTime={createdAt}>{formats.whenOf(createdAt)}</time>
      </span>
      <span className="hit-words">
        <bdi className="hit-sender">{nameOf(senderId)}</bdi>{" "}
        {message.messageType !== "TEXT" && `${messageWords({ ...message, content: null }, text)} `}
        <FoundText text={message.content ?? ""} found={highlights} />
      </span>
      {corrections.map(({ index, highlights: inCorrection }) => {
        const correction = message.corrections[index];
        if (correction === undefined) return null;
        const isYours = correction.userId === yourId;
        return (
          <span key={index} className="hit-correction">
            <SpellCheck aria-hidden="true" size={14} />
            <span>
              <span className="spoken">
                {isYours ? text.yourCorrection : text.correctionBy(nameOf(correction.userId))}{" "}
              </span>
              <FoundText text={correction.corrected} found={inCorrection} />
            </span>
          </span>
        );
      })}
    </a>
  );
});
