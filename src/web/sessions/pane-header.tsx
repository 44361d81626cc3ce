import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { languageOf } from "../locale/formats.ts";
import { IconButton } from "../ui/icon-button.tsx";

interface PaneHeaderProps {
  readonly title: string;
  /** What the way back says that it leads to. */
  readonly back: string;
  readonly onBack: () => void;
  readonly children?: ReactNode;
}

export function PaneHeader({ title, back, onBack, children }: PaneHeaderProps) {
  return (
    <header className="bar sessions-bar">
      <IconButton label={back} icon={ArrowLeft} onClick={() => onBack()} />
      <h1>
        <bdi lang={languageOf(title)}>{title}</bdi>
      </h1>
      {children}
    </header>
  );
}
