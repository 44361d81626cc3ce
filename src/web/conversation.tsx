import { useState } from "preact/hooks";
import { type Message, type RoomConnection, StudyMateError } from "../client/index.ts";
import { Banner } from "./banner.tsx";
import { Composer } from "./composer.tsx";
import { MessageLog } from "./message-log.tsx";
import { RoomHeader } from "./room-header.tsx";
import { text } from "./text.ts";
import { TypingLine } from "./typing-line.tsx";
import { useRoom } from "./use-room.ts";

export function Conversation({ room }: { readonly room: RoomConnection }) {
  const snapshot = useRoom(room);
  const [replyTo, setReplyTo] = useState<Message>();
  const [problem, setProblem] = useState<string>();

  /** Says why a command was refused; where it was not, what it said before is over. */
  const attempt = (command: Promise<unknown>) => {
    command.then(
      () => setProblem(undefined),
      (error) => setProblem(refusalText(error)),
    );
  };

  return (
    <main class="conversation">
      <RoomHeader snapshot={snapshot} />
      <Banner status={snapshot.status} onTryNow={() => room.reconnect()} />
      <MessageLog room={room} snapshot={snapshot} attempt={attempt} onReply={setReplyTo} />
      <TypingLine snapshot={snapshot} />
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <Composer room={room} snapshot={snapshot} replyTo={replyTo} onReplyEnd={() => setReplyTo(undefined)} />
    </main>
  );
}

function refusalText(error: unknown): string {
  const code = error instanceof StudyMateError ? error.code : "other";
  return code in text.refused ? text.refused[code as keyof typeof text.refused] : text.refused.other; // just looked up
}
