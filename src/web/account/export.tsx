import { Download } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { StudyMateError } from "../../client/index.ts";
import { fileSize } from "../files/file-size.ts";
import { useAccountWords } from "../locale/account/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { collected, exportName } from "./collected.ts";

/** Everything that is kept about oneself, as a file. */
export function Export({ session }: { readonly session: Session }) {
  const { text, language } = useLocale();
  const { export: words } = useAccountWords();
  const titleId = useId();
  const [said, setSaid] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const running = useRef<AbortController>(null);
  // Who leaves does not want it any more.
  useEffect(() => () => running.current?.abort(), []);

  const download = async () => {
    if (running.current !== null) return;
    const request = new AbortController();
    running.current = request;
    setProblem(undefined);
    setSaid(words.running(fileSize(0, language)));
    try {
      const response = await session.client.respond({ path: "/v1/me/export", signal: request.signal });
      const file = await collected(response, (bytes) => setSaid(words.running(fileSize(bytes, language))));
      save(file, exportName(session.userId, new Date()));
      setSaid(words.done(fileSize(file.size, language)));
    } catch (error) {
      setSaid(undefined);
      const isTooOften = error instanceof StudyMateError && error.code === "rate_limited";
      if (isTooOften) setProblem(words.tooOften);
      else setProblem(error instanceof StudyMateError ? refusalText(error, text) : words.broken);
    } finally {
      running.current = null;
    }
  };
  return (
    <section className="card-section" aria-labelledby={titleId}>
      <h2 id={titleId}>{words.title}</h2>
      <p className="quiet">{words.hint}</p>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <div className="form-end">
        <p role="status" className="quiet">
          {said}
        </p>
        <button type="button" className="button" onClick={() => void download()}>
          <Download aria-hidden="true" size={16} /> {words.action}
        </button>
      </div>
    </section>
  );
}

const KEPT_MS = 60_000;

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads it a moment later.
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
