import type { RoomSnapshot, StudyMateClient } from "../../client/index.ts";
import type { ConcernAbout } from "../conversation/message-handlers.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSafetyWords } from "../locale/safety/index.ts";
import { Confirm } from "../ui/confirm.tsx";
import { ReportSheet } from "./report-sheet.tsx";

interface ConcernProps {
  readonly client: StudyMateClient;
  readonly snapshot: RoomSnapshot;
  readonly about: ConcernAbout;
  readonly onClose: () => void;
  readonly onProblem: (error: unknown) => void;
}

/** Blocking and reporting, for whoever had enough. */
export default function Concern({ client, snapshot, about, onClose, onProblem }: ConcernProps) {
  const { text } = useLocale();
  const words = useSafetyWords();
  const person = snapshot.participants.find(({ userId }) => userId === about.userId);
  if (person === undefined) return null;
  const block = () => void client.block(person.userId).catch(onProblem);
  if (about.kind === "report") {
    return <ReportSheet client={client} snapshot={snapshot} about={about} onBlock={block} onClose={onClose} />;
  }
  return (
    <Confirm
      question={words.confirmBlock(person.name)}
      hint={words.blockHint}
      action={text.block.replace("…", "")}
      onConfirm={block}
      onClose={onClose}
    />
  );
}
