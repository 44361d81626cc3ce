import { type DragEvent, type ReactNode, useState } from "react";
import { useLocale } from "../locale/locale.tsx";

interface FileDropProps {
  /** Undefined: nothing can be sent here. */
  readonly onFiles: ((files: Iterable<File>) => void) | undefined;
  readonly children: ReactNode;
}

/** The conversation, which takes files that are dragged onto it; there is a button for everybody else. */
export function FileDrop({ onFiles, children }: FileDropProps) {
  const { text } = useLocale();
  /** A drag leaves an element when it enters one inside of it: they are counted. */
  const [depth, setDepth] = useState(0);
  const follow = (event: DragEvent, change: number) => {
    if (onFiles === undefined || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (change !== 0) setDepth((before) => Math.max(0, before + change));
  };
  return (
    <main
      className="conversation"
      onDragEnter={(event) => follow(event, 1)}
      onDragOver={(event) => follow(event, 0)}
      onDragLeave={(event) => follow(event, -1)}
      onDrop={(event) => {
        follow(event, 0);
        setDepth(0);
        onFiles?.(event.dataTransfer.files);
      }}
    >
      {children}
      {depth > 0 && (
        <p className="drop-here" aria-hidden="true">
          {text.dropHere}
        </p>
      )}
    </main>
  );
}
