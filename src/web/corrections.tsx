import type { Correction, Message, Participant } from "../client/index.ts";
import { languageOf } from "./formats.ts";
import { text } from "./text.ts";
import { wordDiff } from "./word-diff.ts";

interface CorrectionsProps {
  readonly message: Message;
  readonly participants: readonly Participant[];
}

export function Corrections({ message, participants }: CorrectionsProps) {
  return message.corrections.map((correction) => (
    <CorrectionCard
      key={correction.userId}
      original={message.content ?? ""}
      correction={correction}
      name={participants.find(({ userId }) => userId === correction.userId)?.name ?? ""}
    />
  ));
}

interface CorrectionCardProps {
  readonly original: string;
  readonly correction: Correction;
  readonly name: string;
}

function CorrectionCard({ original, correction, name }: CorrectionCardProps) {
  const language = languageOf(original);
  return (
    <figure class="correction">
      <figcaption>✎ {text.correctionBy(name)}</figcaption>
      <p lang={language}>
        {wordDiff(original, correction.corrected, language).map(({ kind, words }, at) => {
          const key = `${at}${kind}`;
          if (kind === "added") return <ins key={key}>{words}</ins>;
          if (kind === "removed") return <del key={key}>{words}</del>;
          return <span key={key}>{words}</span>;
        })}
      </p>
      {correction.note !== null && <p class="note quiet">{correction.note}</p>}
    </figure>
  );
}
