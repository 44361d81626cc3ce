import { useLocale } from "../locale.tsx";
import { type CallWords, en } from "./en.ts";
import { ko } from "./ko.ts";

const WORDS: Readonly<Record<"ko" | "en", CallWords>> = { ko, en };

export function useCallWords(): CallWords {
  return WORDS[useLocale().language];
}
