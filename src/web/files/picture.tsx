import { Dialog, DialogDismiss, DialogHeading } from "@ariakit/react";
import { Download, X } from "lucide-react";
import { useState } from "react";
import { useFileWords } from "../locale/files/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { FileDetails } from "./file-details.ts";

interface PictureProps {
  readonly src: string;
  readonly details: FileDetails;
  /** What was said beside it. */
  readonly words: string;
  readonly author: string;
  readonly isReachable: boolean;
}

/** A picture in its message, and large when it is asked for. */
export function Picture({ src, details, words, author, isReachable }: PictureProps) {
  const files = useFileWords();
  const [isLarge, setIsLarge] = useState(false);
  const name = words || details.name || "";
  const label = files.pictureBy(author, name);
  return (
    <>
      <button
        type="button"
        className="picture-button"
        tabIndex={isReachable ? 0 : -1}
        aria-haspopup="dialog"
        aria-label={label}
        onClick={() => setIsLarge(true)}
      >
        <img src={src} alt="" />
      </button>
      {isLarge && (
        <LargePicture src={src} alt={label} name={details.name} words={words} onClose={() => setIsLarge(false)} />
      )}
    </>
  );
}

interface LargePictureProps {
  readonly src: string;
  readonly alt: string;
  readonly name: string | undefined;
  readonly words: string;
  readonly onClose: () => void;
}

function LargePicture({ src, alt, name, words, onClose }: LargePictureProps) {
  const { text } = useLocale();
  const files = useFileWords();
  return (
    <Dialog open onClose={onClose} className="large-picture" backdrop={<div className="backdrop dark" />}>
      <header>
        <DialogHeading className="large-picture-name">
          <bdi>{name ?? text.kinds.IMAGE}</bdi>
        </DialogHeading>
        <a className="icon-button" href={src} download={name ?? "picture"} aria-label={files.download}>
          <Download aria-hidden="true" size={20} />
        </a>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          <X aria-hidden="true" size={20} />
        </DialogDismiss>
      </header>
      <img src={src} alt={alt} />
      {words !== "" && <p dir="auto">{words}</p>}
    </Dialog>
  );
}
