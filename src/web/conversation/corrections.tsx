import { SpellCheck } from "lucide-react";
import type { Correction, Message, Participant } from "../../client/index.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { wordDiff } from "./word-diff.ts";

interface CorrectionsProps {
  readonly message: Message;
  readonly participants: readonly Participant[];
  readonly yourId: number | undefined;
}

export function Corrections({ message, participants, yourId }: CorrectionsProps) {
  const { text } = useLocale();
  return message.corrections.map((correction) => (
    <CorrectionCard
      key={correction.userId}
      original={message.content ?? ""}
      correction={correction}
      title={
        correction.userId === yourId
          ? text.yourCorrection
          : text.correctionBy(participants.find(({ userId }) => userId === correction.userId)?.name ?? "")
      }
    />
  ));
}

interface CorrectionCardProps {
  readonly original: string;
  readonly correction: Correction;
  /** Whose it is. */
  readonly title: string;
}

function CorrectionCard({ original, correction, title }: CorrectionCardProps) {
  const { text } = useLocale();
  const language = languageOf(original);
  const { note } = correction;
  return (
    <figure className="correction">
      <figcaption>
        <SpellCheck aria-hidden="true" size={14} /> {title}
      </figcaption>
      <p lang={language} dir="auto">
        {wordDiff(original, correction.corrected, language).map(({ kind, words }, at) => {
          const key = `${at}${kind}`;
          if (kind === "same") return <span key={key}>{words}</span>;
          const Change = kind === "added" ? "ins" : "del";
          return (
            <Change key={key}>
              <span className="spoken">{kind === "added" ? text.addedWord : text.removedWord} </span>
              <span>{words}</span>
            </Change>
          );
        })}
      </p>
      {note !== null && (
        <p className="note" lang={languageOf(note)} dir="auto">
          {note}
        </p>
      )}
    </figure>
  );
}
