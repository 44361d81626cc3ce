import { File as FileSign, Mic, RotateCcw, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useFileWords } from "../locale/files/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { refusalText } from "../shell/refusal-text.ts";
import { fileSize } from "./file-size.ts";
import type { PickedFile } from "./picked-files.ts";

interface TrayProps {
  readonly picked: readonly PickedFile[];
  readonly onRemove: (id: number) => void;
  readonly onRetry: (id: number) => void;
}

/** What is about to be sent, above the words: what it is, how far it has come, and the way to leave it out. */
export default function Tray({ picked, onRemove, onRetry }: TrayProps) {
  const words = useFileWords();
  return (
    <ul className="tray" aria-label={words.picked}>
      {picked.map((one) => (
        <TrayItem key={one.id} one={one} onRemove={() => onRemove(one.id)} onRetry={() => onRetry(one.id)} />
      ))}
    </ul>
  );
}

interface TrayItemProps {
  readonly one: PickedFile;
  readonly onRemove: () => void;
  readonly onRetry: () => void;
}

function TrayItem({ one, onRemove, onRetry }: TrayItemProps) {
  const { text, language } = useLocale();
  const words = useFileWords();
  const { file, state, part, problem } = one;
  const isVoice = one.durationMs !== undefined;
  const name = one.name || (isVoice ? words.voice : text.kinds.IMAGE);
  const percent = Math.floor(part * 100);
  return (
    <li className="tray-item" data-state={state}>
      {isVoice ? <Mic aria-hidden="true" size={24} /> : <Preview file={file} />}
      <div className="file-text">
        <bdi className="file-name">{name}</bdi>
        <p className="quiet">
          {fileSize(file.size, language)}
          {state === "waiting" && ` · ${words.waiting}`}
        </p>
        {state === "sending" && <progress max={1} value={part} aria-label={words.progress(percent)} />}
        {problem !== undefined && (
          <p className="file-problem" role="alert">
            {problemText(problem, words.problems) ?? refusalText(problem, text)}
          </p>
        )}
      </div>
      {one.canRetry && (
        <button type="button" className="icon-button" aria-label={`${words.again}: ${name}`} onClick={onRetry}>
          <RotateCcw aria-hidden="true" size={18} />
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={state === "sending" ? words.stop(name) : words.leaveOut(name)}
        onClick={onRemove}
      >
        <X aria-hidden="true" size={18} />
      </button>
    </li>
  );
}

/** Of a picture itself; where the browser cannot show it, as of any file, a sign. */
function Preview({ file }: { readonly file: Blob }) {
  const [src, setSrc] = useState<string>();
  useEffect(() => {
    if (!file.type.startsWith("image/")) return;
    const made = URL.createObjectURL(file);
    setSrc(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (src === undefined) return <FileSign aria-hidden="true" size={24} />;
  return <img className="tray-picture" src={src} alt="" onError={() => setSrc(undefined)} />;
}

function problemText(problem: unknown, texts: Readonly<Record<string, string>>): string | undefined {
  const code = (problem as { code?: unknown } | null)?.code; // of a StudyMateError, or of nobody
  return typeof code === "string" ? texts[code] : undefined;
}
