/** What a message carries, shown: loaded with the first of them. */
import { useRef } from "react";
import { useFileWords } from "../locale/files/index.ts";
import { useMedia, useRetryMedia } from "../media/use-media.tsx";
import { FileCard } from "./file-card.tsx";
import type { FileDetails, FileMessage } from "./file-details.ts";
import { Picture } from "./picture.tsx";
import { useNear } from "./use-near.ts";
import { VoicePlayer } from "./voice-player.tsx";

interface SharedFileProps {
  readonly message: FileMessage;
  readonly details: FileDetails;
  readonly author: string;
  readonly isReachable: boolean;
}

export default function SharedFile({ message, details, author, isReachable }: SharedFileProps) {
  const place = useRef<HTMLDivElement>(null);
  const isNear = useNear(place);
  const { messageType, content } = message;
  const { address } = details;
  if (messageType === "FILE") {
    return <FileCard details={details} isReachable={isReachable} />;
  }
  return (
    <div ref={place} className="shared-inner">
      {messageType === "IMAGE" ? (
        <Fetched address={isNear ? address : undefined} isReachable={isReachable}>
          {(src) => (
            <Picture src={src} details={details} words={content ?? ""} author={author} isReachable={isReachable} />
          )}
        </Fetched>
      ) : (
        <Fetched address={isNear ? address : undefined} isReachable={isReachable}>
          {(src) => <VoicePlayer src={src} durationMs={details.durationMs} isReachable={isReachable} />}
        </Fetched>
      )}
    </div>
  );
}

interface FetchedProps {
  readonly address: string | undefined;
  readonly isReachable: boolean;
  readonly children: (src: string) => React.ReactNode;
}

/** Until it is there nothing, and where it does not come, why. */
function Fetched({ address, isReachable, children }: FetchedProps) {
  const words = useFileWords();
  const media = useMedia(address);
  const retry = useRetryMedia();
  if (media === undefined || media.state === "loading") return <span className="shared-wait" aria-hidden="true" />;
  if (media.state === "ready") return children(media.src);
  return (
    <p className="shared-missing quiet">
      {words.missing[media.state]}
      {media.state === "failed" && (
        <button type="button" className="text-button" tabIndex={isReachable ? 0 : -1} onClick={retry}>
          {words.again}
        </button>
      )}
    </p>
  );
}
