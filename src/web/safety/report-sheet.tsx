import { useState } from "react";
import type { CreateReportRequest, RoomSnapshot, StudyMateClient } from "../../client/index.ts";
import type { ConcernAbout } from "../conversation/message-handlers.ts";
import { messageWords } from "../conversation/message-words.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSafetyWords } from "../locale/safety/index.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { Sheet } from "../ui/sheet.tsx";

interface ReportSheetProps {
  readonly client: StudyMateClient;
  readonly snapshot: RoomSnapshot;
  readonly about: ConcernAbout;
  readonly onBlock: () => void;
  readonly onClose: () => void;
}

type Reason = CreateReportRequest["reason"];
const REASONS: readonly Reason[] = ["SPAM", "HARASSMENT", "INAPPROPRIATE", "UNDERAGE", "IMPERSONATION", "OTHER"];
const MOST_CHARACTERS = 2_000;
/** Offered to be reported: their last ones, and the one that it began with. The server takes 50. */
const OFFERED = 20;

export function ReportSheet({ client, snapshot, about, onBlock, onClose }: ReportSheetProps) {
  const { text, formats } = useLocale();
  const words = useSafetyWords();
  const [reason, setReason] = useState<Reason>();
  const [details, setDetails] = useState("");
  const [chosen, setChosen] = useState<readonly number[]>(about.messageId === undefined ? [] : [about.messageId]);
  const [state, setState] = useState<"open" | "sending" | "sent">("open");
  const [problem, setProblem] = useState<unknown>();
  const name = snapshot.participants.find(({ userId }) => userId === about.userId)?.name ?? "";
  const theirs = snapshot.messages.filter(({ senderId, isDeleted }) => senderId === about.userId && !isDeleted);
  const last = theirs.slice(-OFFERED);
  const first = theirs.find(({ id }) => id === about.messageId);
  const offered = first === undefined || last.includes(first) ? last : [first, ...last];
  const isBlocked = snapshot.you?.blockedUserIds.includes(about.userId) ?? false;

  const send = async () => {
    if (reason === undefined) return;
    setState("sending");
    const roomId = snapshot.room?.id;
    const evidence = roomId === undefined ? {} : { roomId, messageIds: [...chosen] };
    try {
      await client.report({ reportedUserId: about.userId, reason, details: details.trim() || null, ...evidence });
      setState("sent");
    } catch (error) {
      setProblem(error);
      setState("open");
    }
  };

  if (state === "sent") {
    return (
      <Sheet title={words.report(name)} onClose={onClose}>
        <p role="status">{words.sent}</p>
        <div className="row end">
          {!isBlocked && (
            <button
              type="button"
              className="button"
              onClick={() => {
                onBlock();
                onClose();
              }}
            >
              {words.alsoBlock(name)}
            </button>
          )}
          <button type="button" className="button primary" onClick={onClose}>
            {words.done}
          </button>
        </div>
      </Sheet>
    );
  }
  return (
    <Sheet title={words.report(name)} onClose={onClose}>
      <form
        className="sheet-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p className="quiet">{words.reportHint}</p>
        <fieldset className="choices">
          <legend>{words.reason}</legend>
          {REASONS.map((one) => (
            <label key={one} className="choice">
              <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
              <span>{words.reasons[one]}</span>
            </label>
          ))}
        </fieldset>
        <label className="field">
          {words.details}
          <textarea
            rows={3}
            maxLength={MOST_CHARACTERS}
            value={details}
            onChange={(event) => setDetails(event.currentTarget.value)}
          />
        </label>
        {offered.length === 0 ? (
          <p className="quiet">{words.noMessages}</p>
        ) : (
          <fieldset className="choices report-messages">
            <legend>{words.messages}</legend>
            {offered.map((message) => (
              <label key={message.id} className="choice">
                <input
                  type="checkbox"
                  checked={chosen.includes(message.id)}
                  onChange={() =>
                    setChosen((before) =>
                      before.includes(message.id) ? before.filter((id) => id !== message.id) : [...before, message.id],
                    )
                  }
                />
                <span>
                  <bdi lang={languageOf(message.content ?? "")}>{messageWords(message, text)}</bdi>
                  <small className="quiet">{formats.whenOf(message.createdAt)}</small>
                </span>
              </label>
            ))}
          </fieldset>
        )}
        {problem !== undefined && (
          <p className="problem" role="alert">
            {refusalText(problem, text)}
          </p>
        )}
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {text.cancel}
          </button>
          <button type="submit" className="button danger" disabled={reason === undefined || state === "sending"}>
            {words.send}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
