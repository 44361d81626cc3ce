import { languageOf } from "../locale/formats.ts";
import { excerptOf } from "./excerpt.ts";

interface FoundTextProps {
  readonly text: string;
  readonly found: readonly (readonly [start: number, end: number])[];
}

/** The part of a text around what was found in it, which is marked. Text alone, whatever is in it. */
export function FoundText({ text, found }: FoundTextProps) {
  return (
    <bdi className="found-text" lang={languageOf(text)}>
      {excerptOf(text, found).map(({ text: words, isFound }, at) => {
        const key = `${at}${isFound}`;
        return isFound ? <mark key={key}>{words}</mark> : <span key={key}>{words}</span>;
      })}
    </bdi>
  );
}
