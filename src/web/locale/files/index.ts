import { useLocale } from "../locale.tsx";
import { en, type FileWords } from "./en.ts";
import { ko } from "./ko.ts";

const WORDS: Readonly<Record<"ko" | "en", FileWords>> = { ko, en };

export function useFileWords(): FileWords {
  return WORDS[useLocale().language];
}
