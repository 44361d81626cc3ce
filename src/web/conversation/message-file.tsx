import { lazy, Suspense } from "react";
import { type FileMessage, fileDetails, pictureBox } from "../files/file-details.ts";

const SharedFile = lazy(() => import("../files/shared-file.tsx"));

interface MessageFileProps {
  readonly message: FileMessage;
  /** Whose it is, for those who do not see it. */
  readonly author: string;
  /** Whether Tab stops at it. */
  readonly isReachable?: boolean;
}

/** A picture, a voice or a file. Its place is as large as it will be from the start: nothing moves when it comes. */
export function MessageFile({ message, author, isReachable = true }: MessageFileProps) {
  const details = fileDetails(message);
  const isPicture = message.messageType === "IMAGE";
  const { width, height } = pictureBox(details);
  return (
    <div
      className={isPicture ? "shared picture" : "shared"}
      // A part of the window, not of the bubble: that is as wide as what is in it.
      style={isPicture ? { width: `min(${width}px, 68vw)`, aspectRatio: `${width} / ${height}` } : undefined}
    >
      <Suspense>
        <SharedFile message={message} details={details} author={author} isReachable={isReachable} />
      </Suspense>
    </div>
  );
}
