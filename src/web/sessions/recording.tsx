import { Play, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import type { SessionRecording } from "../../../schema/api/sessions.ts";
import type { StudyMateClient } from "../../client/index.ts";
import { fileSize } from "../files/file-size.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { useSessionFormats } from "./session-formats.ts";
import { useLength } from "./use-length.ts";

interface RecordingProps {
  readonly client: StudyMateClient;
  readonly recording: SessionRecording;
  /** Undefined: their account is gone. */
  readonly by: string | undefined;
  readonly onDelete: () => void;
}

/** One recording. It is fetched when somebody wants to see it: a file may be large. */
export function Recording({ client, recording, by, onDelete }: RecordingProps) {
  const { language } = useLocale();
  const { recordings: words } = useSessionWords();
  const formats = useSessionFormats();
  const lengthOf = useLength();
  const [source, setSource] = useState<string>();
  const [isLoading, setIsLoading] = useState(false);
  const [isRefused, setIsRefused] = useState(false);
  const { id, fileUrl, duration, expiresAt, createdAt, isAvailable } = recording;
  useEffect(() => {
    if (source === undefined) return;
    return () => URL.revokeObjectURL(source);
  }, [source]);
  const play = async (path: string) => {
    setIsLoading(true);
    setIsRefused(false);
    try {
      // However long it takes.
      const { signal } = new AbortController();
      const file = await (await client.respond({ path, signal })).blob();
      setSource(URL.createObjectURL(file));
    } catch {
      setIsRefused(true);
    } finally {
      setIsLoading(false);
    }
  };
  return (
    <li className="recording">
      <div className="row between">
        <div>
          <p>
            <time dateTime={createdAt}>{formats.timeOf(Date.parse(createdAt))}</time>
            {duration !== null && ` · ${lengthOf(duration)}`}
            {recording.fileSize !== null && ` · ${fileSize(recording.fileSize, language)}`}
          </p>
          <p className="quiet">
            {words.by(by ?? words.somebody)}
            {expiresAt !== null && ` · ${words.until(formats.dayOf(Date.parse(expiresAt)))}`}
          </p>
        </div>
        <div className="row">
          {fileUrl !== null && isAvailable ? (
            source === undefined && (
              <button
                type="button"
                className="button"
                aria-label={words.play(id)}
                aria-disabled={isLoading}
                onClick={() => isLoading || void play(fileUrl)}
              >
                <Play aria-hidden="true" size={16} />
              </button>
            )
          ) : (
            <span className="quiet">{words.notWhole}</span>
          )}
          <IconButton label={words.delete(id)} icon={Trash2} onClick={onDelete} />
        </div>
      </div>
      {isRefused && (
        <p className="problem" role="alert">
          {words.failed}
        </p>
      )}
      {source !== undefined && (
        // biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said
        <video className="recording-video" src={source} controls autoPlay aria-label={words.playing(id)} />
      )}
    </li>
  );
}
