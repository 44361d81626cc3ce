import { languageOf } from "../locale/formats.ts";
import { linkify } from "./linkify.ts";

interface MessageTextProps {
  readonly content: string;
  /** Whether Tab stops at its links. */
  readonly isReachable?: boolean;
}

/** What somebody wrote: text alone, with its addresses made links. */
export function MessageText({ content, isReachable = true }: MessageTextProps) {
  return (
    <div className="words" lang={languageOf(content)} dir="auto">
      {linkify(content).map(({ kind, text }, at) => {
        const key = `${at}${kind}`;
        if (kind === "text") return <span key={key}>{text}</span>;
        return (
          <a key={key} href={text} target="_blank" rel="noopener noreferrer" tabIndex={isReachable ? 0 : -1}>
            {text}
          </a>
        );
      })}
    </div>
  );
}
