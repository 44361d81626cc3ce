import { Download, File as FileSign } from "lucide-react";
import { useState } from "react";
import { useFileWords } from "../locale/files/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { saveFile } from "../media/save-file.ts";
import { useFetchFile } from "../media/use-media.tsx";
import { refusalText } from "../shell/refusal-text.ts";
import type { FileDetails } from "./file-details.ts";
import { fileSize } from "./file-size.ts";

interface FileCardProps {
  readonly details: FileDetails;
  readonly isReachable: boolean;
}

/** A file by its name, type and size. It is fetched when somebody wants it, and saved under its name. */
export function FileCard({ details, isReachable }: FileCardProps) {
  const { language, text } = useLocale();
  const words = useFileWords();
  const fetchFile = useFetchFile();
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const { address, name = text.kinds.FILE, sizeBytes } = details;

  const download = async () => {
    if (address === undefined) return;
    setIsBusy(true);
    setProblem(undefined);
    try {
      saveFile(await fetchFile(address), name);
    } catch (error) {
      setProblem(error);
    }
    setIsBusy(false);
  };
  return (
    <div className="file-card">
      <FileSign aria-hidden="true" size={28} />
      <div className="file-text">
        <bdi className="file-name">{name}</bdi>
        <p className="quiet">
          {typeOf(name)}
          {sizeBytes !== undefined && ` · ${fileSize(sizeBytes, language)}`}
        </p>
        {problem !== undefined && (
          <p className="file-problem" role="alert">
            {words.problems[codeOf(problem)] ?? refusalText(problem, text)}
          </p>
        )}
      </div>
      <button
        type="button"
        className="icon-button"
        tabIndex={isReachable ? 0 : -1}
        aria-label={`${words.download}: ${name}`}
        aria-busy={isBusy}
        disabled={isBusy || address === undefined}
        onClick={() => void download()}
      >
        <Download aria-hidden="true" size={20} />
      </button>
    </div>
  );
}

/** What the name ends with: nobody knows a file by `application/vnd…`. */
function typeOf(name: string): string {
  return (/\.([^.]{1,8})$/.exec(name)?.[1] ?? "").toUpperCase();
}

function codeOf(problem: unknown): string {
  const code = (problem as { code?: unknown } | null)?.code; // of a StudyMateError, or of nobody
  return typeof code === "string" ? `get_${code}` : "";
}
