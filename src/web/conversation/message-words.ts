/** What a message says, in one line: for quotes, lists and screen readers. */
import type { Message } from "../../client/index.ts";
import type { Words } from "../locale/en.ts";

type Spoken = Pick<Message, "messageType" | "content" | "isDeleted"> & Partial<Pick<Message, "fileMetadata">>;

export function messageWords({ messageType, content, isDeleted, fileMetadata }: Spoken, text: Words): string {
  if (isDeleted) return text.deleted;
  // Lists hold back what somebody said whom one blocked.
  if (messageType === "TEXT" || messageType === "SYSTEM") return content ?? text.hidden;
  const kind = text.kinds[messageType];
  const name = messageType === "FILE" ? fileMetadata?.fileName : undefined;
  const words = content ?? name;
  return typeof words === "string" ? `${kind} · ${words}` : kind;
}
